{%- set counted = [1, 7, 28] -%}
with shown as (
    {%- for day in as_of_dates() %}
    select
        {{ date_literal(day) }} as as_of_date,
        *
    from {{ ref('stg_landing__impressions') }}
    where
        arrival_date <= {{ date_literal(day) }}
        and event_date > {{ date_literal(day, -(counted | max)) }}
        and event_date <= {{ date_literal(day) }}
        -- nothing arrives before its day, so older arrivals can be skipped
        and arrival_date > {{ date_literal(day, -(counted | max)) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

aged as (
    select
        as_of_date,
        user_id,
        item_id,
        -- a showing without a placement counts on every shelf
        coalesce(placement, '') as placement,
        case when is_clicked then 1 else 0 end as clicks,
        {{ days_between('event_date', 'as_of_date') }} as age_days
    from shown
    where user_id is not null and item_id is not null
),

summed as (
    select
        as_of_date,
        user_id,
        item_id,
        placement,
        {{ window_sums('1', 'shown', only=counted) }},
        {{ window_sums('clicks', 'clicked', only=counted) }},
        min(age_days) as days_since_shown
    from aged
    group by as_of_date, user_id, item_id, placement
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(item_id as varchar) as item_id,
        cast(placement as varchar) as placement,
        shown_1d,
        shown_7d,
        shown_28d,
        clicked_1d,
        clicked_7d,
        clicked_28d,
        cast(days_since_shown as integer) as days_since_shown
    from summed
)

select * from final
