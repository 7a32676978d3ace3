with coming as (
    {%- for day in as_of_dates() %}
    select
        {{ date_literal(day) }} as as_of_date,
        *
    from {{ ref('stg_landing__promotions') }}
    where
        arrival_date <= {{ date_literal(day) }}
        and start_date <= {{ date_literal(day, 7) }}
        and end_date > {{ date_literal(day) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

newest as (
    select *
    from coming
    qualify
        row_number() over (
            partition by as_of_date, item_id, store_id, start_date
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

aggregated as (
    select
        as_of_date,
        item_id,
        cast(count(distinct store_id) as bigint) as stores,
        cast(count(distinct case when is_on_display then store_id end) as bigint) as stores_with_display,
        cast(count(distinct case when is_in_mailer then store_id end) as bigint) as stores_with_mailer
    from newest
    group by as_of_date, item_id
)

select * from aggregated
