with interactions as (
    select * from {{ ref('stg_landing__interactions') }}
),

aggregated as (
    select
        arrival_date,
        event_date,
        user_id,
        item_id,
        cast(count(*) as bigint) as events,
        cast(count(case when is_purchase then 1 end) as bigint) as purchases,
        cast(coalesce(sum(case when is_purchase then quantity end), 0) as decimal(18, 4)) as quantity,
        cast(coalesce(sum(case when is_purchase then event_value end), 0) as decimal(18, 4)) as revenue,
        cast(coalesce(sum(case when is_purchase then discount end), 0) as decimal(18, 4)) as discount,
        cast(count(case when event_type = 'refund' then 1 end) as bigint) as refunds,
        cast(count(case when event_type = 'view_item' then 1 end) as bigint) as views,
        cast(count(case when event_type = 'add_to_cart' then 1 end) as bigint) as carts,
        cast(count(rating) as bigint) as ratings,
        cast(coalesce(sum(rating), 0) as decimal(18, 4)) as rating_sum,
        max(
            case when rating is not null then struct_pack(rated_at := event_ts, event := event_id, rating := rating) end
        ) as last_rated
    from interactions
    group by arrival_date, event_date, user_id, item_id
),

final as (
    select
        * exclude (last_rated),
        last_rated['rated_at'] as last_rated_at,
        last_rated['rating'] as last_rating
    from aggregated
)

select * from final
-- neighbours in time lie together, so that a window reads only its own blocks
order by arrival_date asc nulls last, user_id asc nulls last, item_id asc nulls last
