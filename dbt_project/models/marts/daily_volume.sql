with opened as (
    select min(arrival_date) as first_arrival
    from {{ source('loader', 'landing_partition') }}
),

days as (
    {%- for day in as_of_dates() %}
    select
        {{ date_literal(day) }} as as_of_date,
        calendar.calendar_date as arrival_date
    from ({{ last_days(day, volume_days()) }}) as calendar
    cross join opened
    where calendar.calendar_date >= opened.first_arrival
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

arrived as (
    select * from {{ ref('int_interactions_aggregated_to_user_item_days') }}
    where
        arrival_date > {{ date_literal(as_of_dates() | first, -volume_days()) }}
        and arrival_date <= {{ date_literal(as_of_dates() | last) }}
        and arrival_date in (select arrival_date from days)
),

refusals as (
    select * from {{ ref('int_quarantine_aggregated_to_refusals') }}
    where table_name = 'interactions'
),

-- how much arrived on a day is the same as of any later day
volume as (
    select
        arrival_date,
        sum(events) as events,
        count(distinct user_id) as users,
        count(distinct item_id) as items,
        sum(revenue) as revenue
    from arrived
    group by arrival_date
),

final as (
    select
        days.as_of_date,
        days.arrival_date,
        cast(coalesce(volume.events, 0) as bigint) as events,
        cast(coalesce(volume.users, 0) as bigint) as users,
        cast(coalesce(volume.items, 0) as bigint) as items,
        cast(coalesce(volume.revenue, 0) as decimal(18, 4)) as revenue,
        cast(coalesce(refusals.refused, 0) as bigint) as refused
    from days
    left join volume
        on days.arrival_date = volume.arrival_date
    left join refusals
        on days.arrival_date = refusals.arrival_date
)

select * from final
