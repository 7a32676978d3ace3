{{ config(materialized='view') }}

with rated as (
    select * from {{ ref('int_interactions_limited_to_history') }}
    where ratings > 0
),

-- a day's ratings of an item may arrive on different days
latest as (
    select *
    from rated
    qualify
        row_number() over (
            partition by as_of_date, user_id, item_id, event_date
            order by last_rated_at desc nulls last, arrival_date desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(item_id as varchar) as item_id,
        event_date,
        cast(last_rating as decimal(18, 4)) as rating
    from latest
)

select * from final
