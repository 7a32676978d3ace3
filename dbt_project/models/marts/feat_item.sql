with pairs as (
    {{ of_this_run(ref('feat_user_item')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

promotions as (
    {{ of_this_run(ref('int_promotions_aggregated_to_coming_weeks')) }}
),

summed as (
    select
        as_of_date,
        item_id,
        {%- for days in windows() %}
        sum(purchases_{{ days }}d) as purchases_{{ days }}d,
        count(case when purchases_{{ days }}d > 0 then 1 end) as buyers_{{ days }}d,
        {%- endfor %}
        count(case when purchase_days_365d > 1 then 1 end) as repeat_buyers_365d,
        {%- for days in [28, 365] %}
        sum(quantity_{{ days }}d) as quantity_{{ days }}d,
        sum(revenue_{{ days }}d) as revenue_{{ days }}d,
        sum(discount_{{ days }}d) as discount_{{ days }}d,
        {%- endfor %}
        sum(returned_quantity_365d) as returned_quantity_365d,
        sum(views_7d) as views_7d,
        sum(views_28d) as views_28d,
        sum(carts_7d) as carts_7d,
        sum(carts_28d) as carts_28d,
        sum(ratings_365d) as ratings_365d,
        sum(rating_sum_365d) as rating_sum_365d,
        min(days_since_last_purchase) as days_since_last_purchase,
        max(days_since_first_purchase) as days_since_first_purchase,
        sum(case when purchase_days_365d > 1 then purchase_days_365d - 1 end) as gaps,
        sum(case when purchase_days_365d > 1 then days_since_first_purchase - days_since_last_purchase end) as gap_sum
    from pairs
    group by as_of_date, item_id
),

final as (
    select
        items.as_of_date,
        items.item_id,
        {%- for days in windows() %}
        cast(coalesce(summed.purchases_{{ days }}d, 0) as bigint) as purchases_{{ days }}d,
        cast(coalesce(summed.buyers_{{ days }}d, 0) as bigint) as buyers_{{ days }}d,
        {%- endfor %}
        cast(coalesce(summed.repeat_buyers_365d, 0) as bigint) as repeat_buyers_365d,
        {{ ratio('summed.purchases_7d * 28', 'summed.purchases_28d * 7') }} as trend_7d,
        {{ ratio('summed.purchases_28d * 90', 'summed.purchases_90d * 28') }} as trend_28d,
        cast(coalesce(summed.quantity_28d, 0) as decimal(18, 4)) as quantity_28d,
        cast(coalesce(summed.quantity_365d, 0) as decimal(18, 4)) as quantity_365d,
        cast(coalesce(summed.revenue_28d, 0) as decimal(18, 4)) as revenue_28d,
        cast(coalesce(summed.revenue_365d, 0) as decimal(18, 4)) as revenue_365d,
        {{ ratio('summed.returned_quantity_365d', 'summed.quantity_365d + summed.returned_quantity_365d') }}
            as return_rate_365d,
        {{ ratio('summed.revenue_28d', 'summed.quantity_28d') }} as mean_price_28d,
        {{ ratio('summed.revenue_365d', 'summed.quantity_365d') }} as mean_price_365d,
        {{ ratio('summed.discount_28d', 'summed.revenue_28d + summed.discount_28d') }} as discount_share_28d,
        {{ ratio('summed.discount_365d', 'summed.revenue_365d + summed.discount_365d') }} as discount_share_365d,
        cast(coalesce(summed.views_7d, 0) as bigint) as views_7d,
        cast(coalesce(summed.views_28d, 0) as bigint) as views_28d,
        cast(coalesce(summed.carts_7d, 0) as bigint) as carts_7d,
        cast(coalesce(summed.carts_28d, 0) as bigint) as carts_28d,
        cast(coalesce(summed.ratings_365d, 0) as bigint) as ratings_365d,
        {{ ratio('summed.rating_sum_365d', 'summed.ratings_365d') }} as mean_rating_365d,
        cast(summed.days_since_last_purchase as integer) as days_since_last_purchase,
        cast(summed.days_since_first_purchase as integer) as days_since_first_purchase,
        {{ ratio('summed.gap_sum', 'summed.gaps') }} as mean_days_between_purchases,
        cast(coalesce(promotions.stores_with_display, 0) as bigint) as stores_with_display_next_7d,
        cast(coalesce(promotions.stores_with_mailer, 0) as bigint) as stores_with_mailer_next_7d,
        cast(promotions.item_id is not null as boolean) as is_promoted_next_7d
    from items
    left join summed
        on items.as_of_date = summed.as_of_date and items.item_id = summed.item_id
    left join promotions
        on items.as_of_date = promotions.as_of_date and items.item_id = promotions.item_id
    where items.is_recommendable
)

select * from final
