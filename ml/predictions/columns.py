"""Names of the columns that are predicted, and of those that predictions are made from."""

from __future__ import annotations

from typing import Final


class Prediction:
    """Columns of ``customer_prediction``; the shopper and the policy are in ``ml.tables.Col``."""

    purchase_7d: Final = "purchase_probability_7d"
    purchase_28d: Final = "purchase_probability_28d"
    orders_28d: Final = "expected_orders_28d"
    orders_90d: Final = "expected_orders_90d"
    next_order_date: Final = "expected_next_order_date"
    churn: Final = "churn_probability"
    churn_days: Final = "churn_days"
    historic_orders: Final = "historic_orders"
    historic_clv: Final = "historic_clv"
    spend_28d: Final = "predicted_clv_28d"
    spend_28d_low: Final = "predicted_clv_28d_low"
    spend_28d_high: Final = "predicted_clv_28d_high"
    spend_90d: Final = "predicted_clv_90d"
    spend_90d_low: Final = "predicted_clv_90d_low"
    spend_90d_high: Final = "predicted_clv_90d_high"
    spend_365d: Final = "predicted_clv_365d"
    spend_365d_low: Final = "predicted_clv_365d_low"
    spend_365d_high: Final = "predicted_clv_365d_high"
    total_clv: Final = "total_clv"
    is_extrapolated: Final = "is_clv_365d_extrapolated"


class Customer:
    """Columns that a customer is known by: those of ``feat_customer``."""

    # all of the past
    purchase_days: Final = "lifetime_purchase_days"
    revenue: Final = "lifetime_revenue"
    days_since_first: Final = "lifetime_days_since_first_purchase"
    days_since_last: Final = "lifetime_days_since_last_purchase"
    purchase_rate: Final = "lifetime_purchase_rate"
    spend_per_day: Final = "lifetime_spend_per_purchase_day"
    shop_days: Final = "shop_days"
    # windows
    baskets_7d: Final = "baskets_7d"
    baskets_28d: Final = "baskets_28d"
    baskets_90d: Final = "baskets_90d"
    purchase_days_7d: Final = "purchase_days_7d"
    purchase_days_28d: Final = "purchase_days_28d"
    purchase_days_90d: Final = "purchase_days_90d"
    purchases_28d: Final = "purchases_28d"
    purchases_90d: Final = "purchases_90d"
    revenue_7d: Final = "revenue_7d"
    revenue_28d: Final = "revenue_28d"
    revenue_90d: Final = "revenue_90d"
    basket_value: Final = "mean_basket_value_365d"
    discount_share_28d: Final = "discount_share_28d"
    discount_share_90d: Final = "discount_share_90d"
    return_rate: Final = "return_rate_365d"
    views_28d: Final = "views_28d"
    carts_28d: Final = "carts_28d"
    mean_gap: Final = "mean_days_between_purchases"
    std_gap: Final = "std_days_between_purchases"
    decayed_30d: Final = "decayed_purchase_days_30d"
    decayed_90d: Final = "decayed_purchase_days_90d"
    new_items_28d: Final = "new_items_28d"
    # profile
    expected_gap: Final = "expected_days_between_purchases"
    overdue_ratio: Final = "overdue_ratio"
    price_index: Final = "price_index"
    campaigns_90d: Final = "campaigns_90d"
    sends_90d: Final = "sends_90d"


class Measured:
    """Columns of the tables that a training logs: how good contenders are."""

    target: Final = "target"
    contender: Final = "contender"
    brier: Final = "brier"
    auc: Final = "auc"
    calibration_error: Final = "calibration_error"
    mae: Final = "mae"
    bias: Final = "bias"
    cpu_seconds: Final = "cpu_seconds"
    coverage: Final = "coverage"
    """Of the one that serves amounts: the share of outcomes inside 80 % intervals made from earlier origins."""
    rows: Final = "rows"
    behind: Final = "behind"
    behind_low: Final = "behind_low"
    behind_high: Final = "behind_high"
    lowest: Final = "lowest"
    highest: Final = "highest"
    predicted: Final = "predicted"
    observed: Final = "observed"
    customers: Final = "customers"
    share: Final = "share"
    held: Final = "held"
    feature: Final = "feature"
