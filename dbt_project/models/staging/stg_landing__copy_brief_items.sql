with source as (
    select * from {{ source('landing', 'copy_brief_items') }}
),

renamed as (
    select
        brief_id,
        item_id,
        position,
        name,
        name_zh,
        price,
        was_price,
        percent_off,
        currency,
        take,
        pay,
        pack_size,
        pack_unit,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
