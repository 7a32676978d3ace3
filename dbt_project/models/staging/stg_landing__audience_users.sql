with source as (
    select * from {{ source('landing', 'audience_users') }}
),

renamed as (
    select
        audience_id,
        user_id,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
