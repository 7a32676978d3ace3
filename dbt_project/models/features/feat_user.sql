with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_sessions')) }}
),

users as (
    {{ of_this_run(ref('dim_user')) }}
),

affinities as (
    {{ of_this_run(ref('int_purchases_ranked_to_top_affinities')) }}
),

pairs as (
    {{ of_this_run(ref('feat_user_item')) }}
),

returned as (
    {{ returned_by('session_id') }}
),

netted as (
    select
        active.as_of_date,
        active.user_id,
        active.session_id,
        {{ days_between('active.event_date', 'active.as_of_date') }} as age_days,
        {{ net('purchases') }},
        {{ net('quantity') }},
        {{ net('revenue') }},
        {{ net('discount') }},
        coalesce(returned.quantity, 0) as returned_quantity,
        active.refunds,
        active.refunded,
        active.views,
        active.carts
    from active
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.session_id = returned.session_id
),

aged as (
    select
        *,
        purchases > 0 as is_purchase_day
    from netted
),

-- the lines of one basket may arrive on different days
baskets as (
    select
        as_of_date,
        user_id,
        age_days,
        session_id,
        is_purchase_day,
        sum(purchases) as purchases,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(discount) as discount,
        sum(returned_quantity) as returned_quantity,
        sum(refunds) as refunds,
        sum(refunded) as refunded,
        sum(views) as views,
        sum(carts) as carts
    from aged
    group by as_of_date, user_id, age_days, session_id, is_purchase_day
),

spaced as (
    select
        *,
        case
            when is_purchase_day
                then age_days - lag(age_days) over (
                    partition by as_of_date, user_id, is_purchase_day
                    order by age_days asc nulls last
                )
        end as gap_days
    from baskets
),

summed as (
    select
        as_of_date,
        user_id,
        {{ window_sums('cast(is_purchase_day as integer)', 'baskets') }},
        {{ window_sums('case when is_purchase_day and coalesce(gap_days, 1) > 0 then 1 end', 'purchase_days') }},
        {{ window_sums('purchases', 'purchases') }},
        {{ window_sums('revenue', 'revenue', 'decimal(18, 4)') }},
        {{ window_sums('discount', 'discount', 'decimal(18, 4)', only=[28, 90, 365]) }},
        {{ window_sums('quantity', 'quantity', 'decimal(18, 4)', only=[28, 365]) }},
        {{ window_sums('returned_quantity', 'returned_quantity', 'decimal(18, 4)', only=[365]) }},
        {{ window_sums('refunds', 'refunds', only=[365]) }},
        {{ window_sums('refunded', 'refunded', 'decimal(18, 4)', only=[365]) }},
        {{ window_sums('views', 'views', only=[7, 28]) }},
        {{ window_sums('carts', 'carts', only=[7, 28]) }},
        min(case when is_purchase_day then age_days end) as days_since_last_purchase,
        max(case when is_purchase_day then age_days end) as days_since_first_purchase,
        {%- for half_life in [30, 90] %}
        coalesce(sum(
            case when is_purchase_day and coalesce(gap_days, 1) > 0 then {{ decayed('age_days', half_life) }} end
        ), 0) as decayed_{{ half_life }}d,
        {%- endfor %}
        count(case when gap_days > 0 then 1 end) as gaps,
        sum(gap_days) as gap_sum,
        sum(gap_days * gap_days) as gap_squares
    from spaced
    group by as_of_date, user_id
),

repeats as (
    select
        as_of_date,
        user_id,
        count(case when purchases_365d > 0 then 1 end) as items_365d,
        count(case when purchase_days_365d > 1 then 1 end) as repeat_items_365d,
        count(case when days_since_first_purchase < 28 then 1 end) as new_items_28d,
        sum(purchase_days_365d) as item_days_365d
    from pairs
    group by as_of_date, user_id
),

final as (
    select
        users.as_of_date,
        users.user_id,
        {%- for days in windows() %}
        cast(coalesce(summed.baskets_{{ days }}d, 0) as bigint) as baskets_{{ days }}d,
        cast(coalesce(summed.purchase_days_{{ days }}d, 0) as bigint) as purchase_days_{{ days }}d,
        cast(coalesce(summed.purchases_{{ days }}d, 0) as bigint) as purchases_{{ days }}d,
        cast(coalesce(summed.revenue_{{ days }}d, 0) as decimal(18, 4)) as revenue_{{ days }}d,
        {%- endfor %}
        cast(coalesce(summed.quantity_28d, 0) as decimal(18, 4)) as quantity_28d,
        cast(coalesce(summed.quantity_365d, 0) as decimal(18, 4)) as quantity_365d,
        {{ ratio('summed.revenue_365d', 'summed.baskets_365d') }} as mean_basket_value_365d,
        {%- for days in [28, 90, 365] %}
        {{ ratio('summed.discount_' ~ days ~ 'd', 'summed.revenue_' ~ days ~ 'd + summed.discount_' ~ days ~ 'd') }}
            as discount_share_{{ days }}d,
        {%- endfor %}
        {{ ratio('summed.returned_quantity_365d', 'summed.quantity_365d + summed.returned_quantity_365d') }}
            as return_rate_365d,
        cast(coalesce(summed.refunds_365d, 0) as bigint) as refunds_365d,
        cast(coalesce(summed.refunded_365d, 0) as decimal(18, 4)) as refunded_365d,
        cast(coalesce(summed.views_7d, 0) as bigint) as views_7d,
        cast(coalesce(summed.views_28d, 0) as bigint) as views_28d,
        cast(coalesce(summed.carts_7d, 0) as bigint) as carts_7d,
        cast(coalesce(summed.carts_28d, 0) as bigint) as carts_28d,
        cast(summed.days_since_last_purchase as integer) as days_since_last_purchase,
        cast(summed.days_since_first_purchase as integer) as days_since_first_purchase,
        {{ ratio('summed.gap_sum', 'summed.gaps') }} as mean_days_between_purchases,
        {{ deviation('summed.gap_squares', 'summed.gap_sum', 'summed.gaps') }} as std_days_between_purchases,
        cast(coalesce(repeats.items_365d, 0) as bigint) as items_365d,
        cast(coalesce(repeats.repeat_items_365d, 0) as bigint) as repeat_items_365d,
        cast(affinities.top_category_1 as varchar) as top_category,
        affinities.top_category_1_share as top_category_share,
        cast(affinities.top_brand_1 as varchar) as top_brand,
        affinities.top_brand_1_share as top_brand_share,
        {%- for half_life in [30, 90] %}
        coalesce({{ undecayed('summed.decayed_' ~ half_life ~ 'd') }}, cast(0 as double))
            as decayed_purchase_days_{{ half_life }}d,
        {%- endfor %}
        cast(coalesce(repeats.new_items_28d, 0) as bigint) as new_items_28d,
        cast(coalesce(repeats.item_days_365d, 0) as bigint) as item_days_365d
    from users
    left join summed
        on users.as_of_date = summed.as_of_date and users.user_id = summed.user_id
    left join repeats
        on users.as_of_date = repeats.as_of_date and users.user_id = repeats.user_id
    left join affinities
        on users.as_of_date = affinities.as_of_date and users.user_id = affinities.user_id
)

select * from final
