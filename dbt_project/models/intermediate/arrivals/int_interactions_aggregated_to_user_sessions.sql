with interactions as (
    select * from {{ ref('stg_landing__interactions') }}
),

aggregated as (
    select
        arrival_date,
        event_date,
        user_id,
        session_id,
        -- a session is in one place; should it name several, the same one is kept every time
        cast(max(channel) as varchar) as channel,
        cast(max(store_id) as varchar) as store_id,
        cast(count(*) as bigint) as events,
        cast(count(case when is_purchase then 1 end) as bigint) as purchases,
        cast(coalesce(sum(case when is_purchase then quantity end), 0) as decimal(18, 4)) as quantity,
        cast(coalesce(sum(case when is_purchase then event_value end), 0) as decimal(18, 4)) as revenue,
        cast(coalesce(sum(case when is_purchase then discount end), 0) as decimal(18, 4)) as discount,
        cast(count(case when event_type = 'refund' then 1 end) as bigint) as refunds,
        cast(coalesce(sum(case when event_type = 'refund' then event_value end), 0) as decimal(18, 4)) as refunded,
        cast(count(case when event_type = 'view_item' then 1 end) as bigint) as views,
        cast(count(case when event_type = 'add_to_cart' then 1 end) as bigint) as carts
    from interactions
    group by arrival_date, event_date, user_id, session_id
)

select * from aggregated
order by arrival_date asc nulls last, user_id asc nulls last, session_id asc nulls last
