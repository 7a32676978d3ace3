with source as (
    select * from {{ source('landing', 'users') }}
),

renamed as (
    select
        user_id,
        country,
        language,
        signup_ts,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
