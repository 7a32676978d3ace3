{{ config(batch_size='year') }}

with months as (
    select
        *,
        cast(date_trunc('year', arrival_date) as date) as arrival_year
    from {{ ref('int_purchases_aggregated_to_user_months') }}
),

aggregated as (
    select
        arrival_year as arrival_date,
        event_year,
        user_id,
        {{ merged_purchase_years() }}
    from months
    group by arrival_year, event_year, user_id
)

select * from aggregated
order by arrival_date asc nulls last, user_id asc nulls last, event_year asc nulls last
