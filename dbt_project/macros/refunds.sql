{#- A part of an amount of money, in exact decimals, so that sums of it are the same in any order. -#}
{% macro share_of(amount, part, whole) -%}
    cast(round(cast({{ amount }} as double) * cast({{ part }} as double) / cast({{ whole }} as double), 4) as decimal(18, 4))
{%- endmacro %}


{#- What was returned by the end of each as-of date, summed over everything but `key`
    (item_id or session_id), to be joined to the daily aggregates of that key. -#}
{% macro returned_by(key) -%}
    select
        as_of_date,
        arrival_date,
        event_date,
        user_id,
        {{ key }},
        sum(purchases) as purchases,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(discount) as discount
    from {{ ref('int_refunds_matched_to_purchases') }}
    group by as_of_date, arrival_date, event_date, user_id, {{ key }}
{%- endmacro %}


{#- A column of a daily aggregate without what was returned of it, of the aggregate's type: a difference's own type is
    twice as wide, and so are sums of it. -#}
{% macro net(column) -%}
    {%- set type = 'bigint' if column == 'purchases' else 'decimal(18, 4)' -%}
    cast(active.{{ column }} - coalesce(returned.{{ column }}, 0) as {{ type }}) as {{ column }}
{%- endmacro %}
