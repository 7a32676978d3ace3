{#- What a shopper bought and got back in a calendar year of events, so that years can be merged: a day with a purchase
    is a bit, which stays one bit when its events arrive on several days. -#}

{#- Days in one number: six hold a year, and each bit is exact as a double. -#}
{% macro days_per_mask() -%}
    {{ return(61) }}
{%- endmacro %}


{#- The columns of sessions, merged by whatever they are grouped by: one calendar year of events. -#}
{% macro sessions_as_purchase_year() -%}
    {%- for part in range(6) %}
    cast(coalesce(bit_or(case
        when purchases > 0 and dayofyear(event_date) - 1 between {{ part * days_per_mask() }} and {{ (part + 1) * days_per_mask() - 1 }}
            then cast(power(2, dayofyear(event_date) - 1 - {{ part * days_per_mask() }}) as bigint)
    end), 0) as bigint) as purchase_days_{{ part }},
    {%- endfor %}
    min(case when purchases > 0 then event_date end) as first_date,
    max(case when purchases > 0 then event_date end) as last_date,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(refunded) as decimal(18, 4)) as refunded
{%- endmacro %}


{#- The same columns, merged from rows that have them. -#}
{% macro merged_purchase_years() -%}
    {%- for part in range(6) %}
    bit_or(purchase_days_{{ part }}) as purchase_days_{{ part }},
    {%- endfor %}
    min(first_date) as first_date,
    max(last_date) as last_date,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(refunded) as decimal(18, 4)) as refunded
{%- endmacro %}


{#- How many days with a purchase such a row has. -#}
{% macro purchase_days_of_year() -%}
    {%- for part in range(6) -%}
    cast(bit_count(purchase_days_{{ part }}) as integer){{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Such rows of everything that had arrived by the end of each as-of date: years before its own, months of its own year
    before its own, and sessions of its own month. No event arrives before its day. -#}
{% macro purchase_years_known_as_of() -%}
    {%- for day in as_of_dates() %}
    {%- set year, month = date_literal((day | string)[:4] ~ '-01-01'), date_literal((day | string)[:7] ~ '-01') %}
    select
        {{ date_literal(day) }} as as_of_date,
        event_year,
        user_id,
        {{ merged_purchase_years() }}
    from {{ ref('int_purchases_aggregated_to_user_years') }}
    where arrival_date < {{ year }}
    group by event_year, user_id
    union all
    select
        {{ date_literal(day) }} as as_of_date,
        event_year,
        user_id,
        {{ merged_purchase_years() }}
    from {{ ref('int_purchases_aggregated_to_user_months') }}
    where arrival_date >= {{ year }} and arrival_date < {{ month }}
    group by event_year, user_id
    union all
    select
        {{ date_literal(day) }} as as_of_date,
        cast(extract(year from event_date) as integer) as event_year,
        user_id,
        {{ sessions_as_purchase_year() }}
    from {{ ref('int_interactions_aggregated_to_user_sessions') }}
    where arrival_date >= {{ month }} and arrival_date <= {{ date_literal(day) }} and (purchases > 0 or refunds > 0)
    group by extract(year from event_date), user_id
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}
