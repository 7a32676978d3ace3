{%- set preferences = {
    'weekday': 'basket_weekday', 'hour': 'basket_hour', 'channel': 'channel', 'store': 'store_id'
} -%}

with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_sessions')) }}
),

hours as (
    {{ active_as_of(ref('int_purchases_aggregated_to_session_hours')) }}
),

returned as (
    {{ returned_by('session_id') }}
),

netted as (
    select
        active.as_of_date,
        active.user_id,
        active.event_date,
        active.session_id,
        active.channel,
        active.store_id,
        hours.first_hour,
        {{ net('purchases') }}
    from active
    inner join hours
        on
            active.as_of_date = hours.as_of_date
            and active.arrival_date = hours.arrival_date
            and active.event_date = hours.event_date
            and active.user_id = hours.user_id
            and active.session_id = hours.session_id
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.session_id = returned.session_id
),

-- the lines of one basket may arrive on different days
baskets as (
    select
        as_of_date,
        user_id,
        event_date,
        session_id,
        {{ iso_weekday('event_date') }} as basket_weekday,
        min(first_hour) as basket_hour,
        max(channel) as channel,
        max(store_id) as store_id
    from netted
    group by as_of_date, user_id, event_date, session_id
    having sum(purchases) > 0
),

shoppers as (
    select distinct
        as_of_date,
        user_id
    from baskets
),
{% for preference, column in preferences.items() %}
by_{{ preference }} as (
    select
        as_of_date,
        user_id,
        {{ column }},
        count(*) as baskets,
        sum(count(*)) over (partition by as_of_date, user_id) as all_baskets,
        max(event_date) as last_date
    from baskets
    group by as_of_date, user_id, {{ column }}
),

preferred_{{ preference }} as (
    select
        *,
        {{ ratio('baskets', 'all_baskets') }} as preferred_share
    from by_{{ preference }}
    where {{ column }} is not null
    qualify
        row_number() over (
            partition by as_of_date, user_id
            order by baskets desc nulls last, last_date desc nulls last, {{ column }} asc nulls last
        ) = 1
),
{% endfor %}
final as (
    select
        {%- for preference, column in preferences.items() %}
        preferred_{{ preference }}.{{ column }} as preferred_{{ preference }},
        preferred_{{ preference }}.preferred_share as preferred_{{ preference }}_share,
        {%- endfor %}
        shoppers.as_of_date,
        shoppers.user_id
    from shoppers
    left join preferred_weekday
        on shoppers.as_of_date = preferred_weekday.as_of_date and shoppers.user_id = preferred_weekday.user_id
    left join preferred_hour
        on shoppers.as_of_date = preferred_hour.as_of_date and shoppers.user_id = preferred_hour.user_id
    left join preferred_channel
        on shoppers.as_of_date = preferred_channel.as_of_date and shoppers.user_id = preferred_channel.user_id
    left join preferred_store
        on shoppers.as_of_date = preferred_store.as_of_date and shoppers.user_id = preferred_store.user_id
)

select * from final
