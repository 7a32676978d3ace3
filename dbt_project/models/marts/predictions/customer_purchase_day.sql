{{ config(materialized='view') }}

with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_sessions'), history_days()) }}
),

returned as (
    {{ returned_by('session_id') }}
),

netted as (
    select
        active.as_of_date,
        active.user_id,
        active.event_date,
        {{ net('purchases') }},
        {{ net('revenue') }}
    from active
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.session_id = returned.session_id
),

-- a day's purchases may arrive on different days
final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        event_date,
        cast(sum(revenue) as decimal(18, 4)) as revenue
    from netted
    where purchases > 0
    group by as_of_date, user_id, event_date
)

select * from final
