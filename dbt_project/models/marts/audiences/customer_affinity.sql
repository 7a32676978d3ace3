with affinities as (
    select * from {{ ref('int_purchases_aggregated_to_affinities') }}
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(item_field as varchar) as item_field,
        cast(item_value as varchar) as item_value,
        purchases_90d,
        purchases_365d,
        cast(purchase_days_90d as bigint) as purchase_days_90d,
        cast(purchase_days_365d as bigint) as purchase_days_365d
    from affinities
    where item_field = 'any' or purchases_365d >= 3
)

select * from final
