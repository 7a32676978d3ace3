with source as (
    select * from {{ source('landing', 'layouts') }}
),

renamed as (
    select
        layout,
        row,
        placement,
        valid_from,
        valid_until,
        coalesce(places, 5) as places,
        coalesce(fixed, false) as is_fixed,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
