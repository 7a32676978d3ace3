with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_item_days')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

groups as (
    select * from {{ ref('int_items_numbered_by_group') }}
),

returned as (
    {{ returned_by('item_id') }}
),

netted as (
    select
        active.as_of_date,
        active.user_id,
        active.item_id,
        {{ days_between('active.event_date', 'active.as_of_date') }} as age_days,
        {{ net('purchases') }},
        {{ net('quantity') }},
        {{ net('revenue') }},
        {{ net('discount') }},
        coalesce(returned.quantity, 0) as returned_quantity,
        active.refunds,
        active.views,
        active.carts,
        active.ratings,
        active.rating_sum
    from active
    inner join items
        on active.as_of_date = items.as_of_date and active.item_id = items.item_id
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.item_id = returned.item_id
    where items.is_recommendable
),

recommendable as (
    select
        *,
        purchases > 0 as is_purchase_day
    from netted
),

-- a day that comes back in a later arrival has the gap zero and is no new day
spaced as (
    select
        *,
        case
            when is_purchase_day
                then age_days - lag(age_days) over (
                    partition by as_of_date, user_id, item_id, is_purchase_day
                    order by age_days asc nulls last
                )
        end as gap_days,
        case
            when is_purchase_day
                then dense_rank() over (
                    partition by as_of_date, user_id, item_id, is_purchase_day
                    order by age_days asc nulls last
                )
        end as days_back
    from recommendable
),

summed as (
    select
        as_of_date,
        user_id,
        item_id,
        {{ window_sums('purchases', 'purchases') }},
        {{ window_sums('quantity', 'quantity', 'decimal(18, 4)', only=[28, 365]) }},
        {{ window_sums('revenue', 'revenue', 'decimal(18, 4)', only=[28, 365]) }},
        {{ window_sums('discount', 'discount', 'decimal(18, 4)', only=[28, 365]) }},
        {{ window_sums('refunds', 'refunds', only=[365]) }},
        {{ window_sums('returned_quantity', 'returned_quantity', 'decimal(18, 4)', only=[365]) }},
        {{ window_sums('views', 'views', only=[7, 28]) }},
        {{ window_sums('carts', 'carts', only=[7, 28]) }},
        {{ window_sums('ratings', 'ratings', only=[365]) }},
        {{ window_sums('rating_sum', 'rating_sum', 'decimal(18, 4)', only=[365]) }},
        count(case when is_purchase_day and coalesce(gap_days, 1) > 0 then 1 end) as purchase_days_365d,
        min(case when is_purchase_day then age_days end) as days_since_last_purchase,
        max(case when is_purchase_day then age_days end) as days_since_first_purchase,
        min(case when days_back = 2 then age_days end) as days_since_second_last_purchase,
        min(case when days_back = 3 then age_days end) as days_since_third_last_purchase,
        {%- for half_life in half_lives() %}
        coalesce(sum(
            case when is_purchase_day and coalesce(gap_days, 1) > 0 then {{ decayed('age_days', half_life) }} end
        ), 0) as decayed_{{ half_life }}d,
        {%- endfor %}
        count(case when gap_days > 0 then 1 end) as gaps,
        sum(gap_days) as gap_sum,
        sum(gap_days * gap_days) as gap_squares
    from spaced
    group by as_of_date, user_id, item_id
),

-- the type comes first: joined last, an engine may pair each item of a shopper with each of the shopper's types before
typed as (
    select
        summed.*,
        groups.type_id
    from summed
    inner join groups
        on summed.as_of_date = groups.as_of_date and summed.item_id = groups.item_id
),

by_type as (
    select
        as_of_date,
        user_id,
        type_id,
        {%- for half_life in [30, 90] %}
        sum(decayed_{{ half_life }}d) as decayed_{{ half_life }}d{% if not loop.last %},{% endif %}
        {%- endfor %}
    from typed
    group by as_of_date, user_id, type_id
),

by_user as (
    select
        as_of_date,
        user_id,
        {%- for half_life in [30, 90] %}
        sum(decayed_{{ half_life }}d) as decayed_{{ half_life }}d{% if not loop.last %},{% endif %}
        {%- endfor %}
    from by_type
    group by as_of_date, user_id
),

grouped as (
    select
        typed.*,
        by_user.decayed_30d as user_decayed_30d,
        by_user.decayed_90d as user_decayed_90d,
        by_type.decayed_90d as type_decayed_90d
    from typed
    inner join by_type
        on
            typed.as_of_date = by_type.as_of_date
            and typed.user_id = by_type.user_id
            and typed.type_id = by_type.type_id
    inner join by_user
        on typed.as_of_date = by_user.as_of_date and typed.user_id = by_user.user_id
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(item_id as varchar) as item_id,
        purchases_1d,
        purchases_7d,
        purchases_28d,
        purchases_90d,
        purchases_365d,
        cast(purchase_days_365d as bigint) as purchase_days_365d,
        quantity_28d,
        quantity_365d,
        revenue_28d,
        revenue_365d,
        discount_28d,
        discount_365d,
        refunds_365d,
        returned_quantity_365d,
        {{ ratio('returned_quantity_365d', 'quantity_365d + returned_quantity_365d') }} as return_rate_365d,
        views_7d,
        views_28d,
        carts_7d,
        carts_28d,
        ratings_365d,
        rating_sum_365d,
        cast(days_since_last_purchase as integer) as days_since_last_purchase,
        cast(days_since_first_purchase as integer) as days_since_first_purchase,
        {{ ratio('gap_sum', 'gaps') }} as mean_days_between_purchases,
        {{ deviation('gap_squares', 'gap_sum', 'gaps') }} as std_days_between_purchases,
        {{ ratio('days_since_last_purchase * gaps', 'gap_sum') }} as due_ratio,
        cast(days_since_second_last_purchase as integer) as days_since_second_last_purchase,
        cast(days_since_third_last_purchase as integer) as days_since_third_last_purchase,
        {%- for half_life in half_lives() %}
        {{ undecayed('decayed_' ~ half_life ~ 'd') }} as decayed_purchase_days_{{ half_life }}d,
        {%- endfor %}
        {{ ratio('purchase_days_365d', 'days_since_first_purchase + 1') }} as purchase_rate_365d,
        {%- for half_life in [30, 90] %}
        {{ ratio('decayed_' ~ half_life ~ 'd', 'user_decayed_' ~ half_life ~ 'd') }} as user_share_{{ half_life }}d,
        {%- endfor %}
        {{ ratio('decayed_90d', 'type_decayed_90d') }} as type_share_90d
    from grouped
)

select * from final
