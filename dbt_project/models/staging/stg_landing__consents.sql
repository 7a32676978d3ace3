with source as (
    select * from {{ source('landing', 'consents') }}
),

renamed as (
    select
        user_id,
        purpose,
        granted as is_granted,
        granted_ts,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
