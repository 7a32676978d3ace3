with source as (
    select * from {{ source('landing', 'rules') }}
),

renamed as (
    select
        rule_id,
        rule_type,
        placement,
        item_field,
        item_value,
        amount,
        shelf_position,
        window_days,
        purpose,
        valid_from,
        valid_until,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
