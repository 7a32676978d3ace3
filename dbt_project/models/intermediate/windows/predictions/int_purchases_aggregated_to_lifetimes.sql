-- All of the past, not a window of it: whole years and months of arrivals, and the sessions of the as-of date's month.
with known as (
    {{ purchase_years_known_as_of() }}
),

users as (
    {{ of_this_run(ref('dim_user')) }}
),

years as (
    select
        as_of_date,
        event_year,
        user_id,
        {{ merged_purchase_years() }}
    from known
    group by as_of_date, event_year, user_id
),

summed as (
    select
        as_of_date,
        user_id,
        sum({{ purchase_days_of_year() }}) as purchase_days,
        min(first_date) as first_date,
        max(last_date) as last_date,
        sum(revenue) - sum(refunded) as revenue
    from years
    group by as_of_date, user_id
),

customers as (
    select
        *,
        {{ days_between('first_date', 'as_of_date') }} as days_since_first,
        {{ days_between('last_date', 'as_of_date') }} as days_since_last
    from summed
    where purchase_days > 0
),

final as (
    select
        users.as_of_date,
        users.user_id,
        cast(customers.purchase_days as bigint) as lifetime_purchase_days,
        cast(customers.revenue as decimal(18, 4)) as lifetime_revenue,
        cast(customers.days_since_first as integer) as lifetime_days_since_first_purchase,
        cast(customers.days_since_last as integer) as lifetime_days_since_last_purchase,
        {{ ratio('customers.purchase_days', 'customers.days_since_first + 1') }} as lifetime_purchase_rate,
        {{ ratio('customers.revenue', 'customers.purchase_days') }} as lifetime_spend_per_purchase_day,
        cast(max(customers.days_since_first) over (partition by users.as_of_date) + 1 as integer) as shop_days
    from users
    inner join customers
        on users.as_of_date = customers.as_of_date and users.user_id = customers.user_id
)

select * from final
