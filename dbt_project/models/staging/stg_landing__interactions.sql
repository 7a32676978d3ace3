with source as (
    select * from {{ source('landing', 'interactions') }}
),

renamed as (
    select
        event_id,
        event_ts,
        user_id,
        item_id,
        event_type,
        -- a shop that leaves sessions out gets one per shopper and day
        coalesce(session_id, '') as session_id,
        channel,
        store_id,
        cast(coalesce(quantity, 1) as decimal(18, 4)) as quantity,
        cast(coalesce(event_value, 0) as decimal(18, 4)) as event_value,
        cast(coalesce(discount, 0) as decimal(18, 4)) as discount,
        cast(rating as decimal(18, 4)) as rating,
        {{ is_purchase('event_type') }} as is_purchase,
        {{ local_date('event_ts') }} as event_date,
        _arrival_date as arrival_date
    from source
)

select * from renamed
