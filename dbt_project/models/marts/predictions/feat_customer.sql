with lifetimes as (
    select * from {{ ref('int_purchases_aggregated_to_lifetimes') }}
),

features as (
    {{ of_this_run(ref('feat_user')) }}
),

profiles as (
    {{ of_this_run(ref('customer_profile')) }}
),

final as (
    select
        lifetimes.as_of_date,
        lifetimes.user_id,
        lifetimes.lifetime_purchase_days,
        lifetimes.lifetime_revenue,
        lifetimes.lifetime_days_since_first_purchase,
        lifetimes.lifetime_days_since_last_purchase,
        lifetimes.lifetime_purchase_rate,
        lifetimes.lifetime_spend_per_purchase_day,
        lifetimes.shop_days,
        features.baskets_7d,
        features.baskets_28d,
        features.baskets_90d,
        features.purchase_days_7d,
        features.purchase_days_28d,
        features.purchase_days_90d,
        features.purchases_28d,
        features.purchases_90d,
        features.revenue_7d,
        features.revenue_28d,
        features.revenue_90d,
        features.mean_basket_value_365d,
        features.discount_share_28d,
        features.discount_share_90d,
        features.return_rate_365d,
        features.views_28d,
        features.carts_28d,
        features.mean_days_between_purchases,
        features.std_days_between_purchases,
        features.decayed_purchase_days_30d,
        features.decayed_purchase_days_90d,
        features.new_items_28d,
        profiles.expected_days_between_purchases,
        profiles.overdue_ratio,
        profiles.price_index,
        profiles.campaigns_90d,
        profiles.sends_90d
    from lifetimes
    inner join features
        on lifetimes.as_of_date = features.as_of_date and lifetimes.user_id = features.user_id
    inner join profiles
        on lifetimes.as_of_date = profiles.as_of_date and lifetimes.user_id = profiles.user_id
)

select * from final
