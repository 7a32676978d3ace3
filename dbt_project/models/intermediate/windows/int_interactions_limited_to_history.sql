{{ config(materialized='view') }}

with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_item_days'), history_days()) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

final as (
    select active.*
    from active
    inner join items
        on active.as_of_date = items.as_of_date and active.item_id = items.item_id
    where items.is_recommendable
)

select * from final
