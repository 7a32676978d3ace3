with interactions as (
    select * from {{ ref('stg_landing__interactions') }}
),

aggregated as (
    select
        arrival_date,
        event_date,
        user_id,
        session_id,
        cast(min({{ local_hour('event_ts') }}) as integer) as first_hour
    from interactions
    where is_purchase
    group by arrival_date, event_date, user_id, session_id
)

select * from aggregated
order by arrival_date asc nulls last, user_id asc nulls last, session_id asc nulls last
