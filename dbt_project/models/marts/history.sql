{{ config(materialized='table') }}

with active as (
    select * from {{ ref('int_interactions_limited_to_history') }}
),

returned as (
    {{ returned_by('item_id') }}
),

disliked as (
    select * from {{ ref('int_ratings_ranked_to_dislikes') }}
),

netted as (
    select
        active.as_of_date,
        active.user_id,
        active.item_id,
        active.event_date,
        {{ net('purchases') }},
        {{ net('quantity') }},
        {{ net('revenue') }}
    from active
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.item_id = returned.item_id
    left join disliked
        on
            active.as_of_date = disliked.as_of_date
            and active.user_id = disliked.user_id
            and active.item_id = disliked.item_id
    where disliked.item_id is null
),

-- a day's purchases of an item may arrive on different days
final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(item_id as varchar) as item_id,
        event_date,
        cast(sum(purchases) as integer) as purchases,
        cast(sum(quantity) as decimal(18, 4)) as quantity,
        cast(sum(revenue) as decimal(18, 4)) as revenue
    from netted
    where purchases > 0 and quantity > 0
    group by as_of_date, user_id, item_id, event_date
)

select * from final
