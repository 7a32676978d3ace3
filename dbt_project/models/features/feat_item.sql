with pairs as (
    {{ of_this_run(ref('feat_user_item')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

groups as (
    select * from {{ ref('int_items_numbered_by_group') }}
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
        {%- for days in [7, 14, 28, 56] %}
        count(case when days_since_first_purchase < {{ days }} then 1 end) as new_buyers_{{ days }}d,
        {%- endfor %}
        count(case when purchase_days_365d > 1 then 1 end) as repeat_buyers_365d,
        sum(purchase_days_365d) as purchase_days_365d,
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

shoppers as (
    select
        as_of_date,
        count(distinct user_id) as buyers
    from pairs
    where purchases_365d > 0
    group by as_of_date
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
        cast(promotions.item_id is not null as boolean) as is_promoted_next_7d,
        {%- for level in item_groups() %}
        groups.{{ level }}_id,
        {%- endfor %}
        {%- for days in [7, 14, 28, 56] %}
        cast(coalesce(summed.new_buyers_{{ days }}d, 0) as bigint) as new_buyers_{{ days }}d,
        {%- endfor %}
        {{ ratio(
            'coalesce(summed.new_buyers_28d, 0) + 0.5',
            'coalesce(shoppers.buyers - coalesce(summed.buyers_365d, 0) + coalesce(summed.new_buyers_28d, 0), 0) + 20'
        ) }} as new_buyer_rate_28d,
        {{ ratio('summed.repeat_buyers_365d', 'summed.buyers_365d') }} as repeat_share_365d,
        {{ ratio('summed.purchase_days_365d', 'summed.buyers_365d') }} as purchase_days_per_buyer_365d,
        {{ ratio(
            ratio('summed.revenue_28d', 'summed.quantity_28d'), ratio('summed.revenue_365d', 'summed.quantity_365d')
        ) }} as price_change_28d,
        {%- for days in [7, 28, 90] %}
        cast(coalesce(
            sum(summed.purchases_{{ days }}d) over (partition by items.as_of_date, groups.type_id), 0
        ) as bigint) as type_purchases_{{ days }}d,
        {%- endfor %}
        {{ ratio(
            'summed.purchases_28d',
            'sum(summed.purchases_28d) over (partition by items.as_of_date, groups.type_id)'
        ) }} as type_share_28d
    from items
    inner join groups
        on items.as_of_date = groups.as_of_date and items.item_id = groups.item_id
    left join shoppers
        on items.as_of_date = shoppers.as_of_date
    left join summed
        on items.as_of_date = summed.as_of_date and items.item_id = summed.item_id
    left join promotions
        on items.as_of_date = promotions.as_of_date and items.item_id = promotions.item_id
    where items.is_recommendable
)

select * from final
