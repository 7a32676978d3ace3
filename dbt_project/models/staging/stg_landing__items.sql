with source as (
    select * from {{ source('landing', 'items') }}
),

renamed as (
    select
        item_id,
        item_name,
        item_brand,
        item_category,
        item_category2,
        item_category3,
        price,
        unit_cost,
        currency,
        availability,
        creation_ts,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
