{{ config(batch_size='month' if var('batch_size', 'day') == 'day' else 'year') }}

with sessions as (
    select
        *,
        cast(date_trunc('month', arrival_date) as date) as arrival_month,
        cast(extract(year from event_date) as integer) as event_year
    from {{ ref('int_interactions_aggregated_to_user_sessions') }}
    where purchases > 0 or refunds > 0
),

aggregated as (
    select
        arrival_month as arrival_date,
        event_year,
        user_id,
        {{ sessions_as_purchase_year() }}
    from sessions
    group by arrival_month, event_year, user_id
)

select * from aggregated
order by arrival_date asc nulls last, user_id asc nulls last, event_year asc nulls last
