with source as (
    select * from {{ source('landing', 'promotions') }}
),

renamed as (
    select
        item_id,
        -- a promotion without a store is everywhere
        coalesce(store_id, '') as store_id,
        start_date,
        end_date,
        {{ is_placed('display') }} as is_on_display,
        {{ is_placed('mailer') }} as is_in_mailer,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
