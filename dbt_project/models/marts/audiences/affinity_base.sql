with affinities as (
    select * from {{ ref('int_purchases_aggregated_to_affinities') }}
),

counted as (
    select
        *,
        sum(case when item_field = 'any' then purchases_365d end) over (
            partition by as_of_date, user_id
        ) as all_purchases
    from affinities
),

final as (
    select
        as_of_date,
        cast(item_field as varchar) as item_field,
        cast(item_value as varchar) as item_value,
        cast(count(*) as bigint) as shoppers,
        cast(sum(purchases_365d) as bigint) as purchases_365d,
        cast(sum(purchases_365d * purchases_365d) as bigint) as purchases_squared,
        cast(sum(purchases_365d * all_purchases) as bigint) as purchases_by_all_purchases
    from counted
    group by as_of_date, item_field, item_value
)

select * from final
