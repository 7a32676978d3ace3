with users as (
    {{ of_this_run(ref('dim_user')) }}
),

features as (
    {{ of_this_run(ref('feat_user')) }}
),

preferences as (
    {{ of_this_run(ref('int_baskets_ranked_to_preferences')) }}
),

prices as (
    {{ of_this_run(ref('int_purchases_ranked_to_price_bands')) }}
),

affinities as (
    {{ of_this_run(ref('int_purchases_ranked_to_top_affinities')) }}
),

campaigns as (
    {{ of_this_run(ref('int_sends_matched_to_engagements')) }}
),

buyers as (
    select *
    from features
    where purchase_days_365d > 0
),

-- the usual gap of the shop's shoppers; four weeks while nobody has bought on two days
usual as (
    select
        as_of_date,
        round(coalesce(median(mean_days_between_purchases), 28), 6) as usual_gap
    from buyers
    group by as_of_date
),

-- the shopper's own gaps and one usual gap: few gaps are pulled towards what is usual, one purchase has no other
paced as (
    select
        buyers.*,
        round(
            (cast(buyers.days_since_first_purchase - buyers.days_since_last_purchase as double) + usual.usual_gap)
            / cast(buyers.purchase_days_365d as double),
            6
        ) as expected_gap,
        {{ equal_groups('buyers.days_since_last_purchase', 5, 'buyers.as_of_date', descending=true) }} as recency_score,
        {{ equal_groups('buyers.purchase_days_365d', 5, 'buyers.as_of_date') }} as frequency_score,
        {{ equal_groups('buyers.revenue_365d', 5, 'buyers.as_of_date') }} as monetary_score
    from buyers
    inner join usual
        on buyers.as_of_date = usual.as_of_date
),

overdue as (
    select
        *,
        round(expected_gap - cast(days_since_last_purchase as double), 6) as days_until_next_purchase,
        {{ ratio('days_since_last_purchase', 'expected_gap') }} as overdue_ratio
    from paced
),

staged as (
    select
        *,
        case
            when days_since_first_purchase < 28 then 'new'
            when overdue_ratio > 4 and days_since_last_purchase >= 28 then 'lapsed'
            when overdue_ratio > 2 and days_since_last_purchase >= 14 then 'at_risk'
            else 'active'
        end as lifecycle_stage
    from overdue
),

final as (
    select
        users.as_of_date,
        users.user_id,
        cast(coalesce(staged.lifecycle_stage, 'prospect') as varchar) as lifecycle_stage,
        features.days_since_last_purchase,
        features.days_since_first_purchase,
        features.purchase_days_90d,
        features.purchase_days_365d,
        features.baskets_90d,
        features.baskets_365d,
        features.revenue_90d,
        features.revenue_365d,
        features.mean_basket_value_365d,
        cast(staged.recency_score as integer) as recency_score,
        cast(staged.frequency_score as integer) as frequency_score,
        cast(staged.monetary_score as integer) as monetary_score,
        features.mean_days_between_purchases,
        features.std_days_between_purchases,
        case
            when features.purchase_days_365d > 2
                then {{ ratio(
                    'features.mean_days_between_purchases',
                    'features.mean_days_between_purchases + features.std_days_between_purchases'
                ) }}
        end as purchase_regularity,
        cast(staged.expected_gap as double) as expected_days_between_purchases,
        cast(staged.days_until_next_purchase as double) as days_until_next_purchase,
        cast(staged.overdue_ratio as double) as overdue_ratio,
        cast(preferences.preferred_weekday as integer) as preferred_weekday,
        cast(preferences.preferred_weekday_share as double) as preferred_weekday_share,
        cast(preferences.preferred_hour as integer) as preferred_hour,
        cast(preferences.preferred_hour_share as double) as preferred_hour_share,
        cast(preferences.preferred_channel as varchar) as preferred_channel,
        cast(preferences.preferred_channel_share as double) as preferred_channel_share,
        cast(preferences.preferred_store as varchar) as preferred_store_id,
        cast(preferences.preferred_store_share as double) as preferred_store_share,
        cast(prices.price_index as double) as price_index,
        cast(prices.price_band as varchar) as price_band,
        features.discount_share_90d,
        features.discount_share_365d,
        {%- for level in ['category', 'subcategory', 'brand'] %}
        {%- for place in range(1, 4) %}
        cast(affinities.top_{{ level }}_{{ place }} as varchar) as top_{{ level }}_{{ place }},
        cast(affinities.top_{{ level }}_{{ place }}_share as double) as top_{{ level }}_{{ place }}_share,
        {%- endfor %}
        {%- endfor %}
        {%- for column in ['campaigns_90d', 'campaigns_365d', 'running_campaigns', 'sends_90d', 'sends_365d'] %}
        cast(coalesce(campaigns.{{ column }}, 0) as bigint) as {{ column }},
        {%- endfor %}
        {%- for column in ['opens_365d', 'clicks_365d', 'conversions_365d', 'redemptions_365d'] %}
        cast(coalesce(campaigns.{{ column }}, 0) as bigint) as {{ column }},
        {%- endfor %}
        {%- for name, done in {'open': 'opened', 'click': 'clicked', 'redemption': 'redeemed'}.items() %}
        -- a shop that reports none of them has no rate
        case
            when sum(campaigns.{{ name }}s_365d) over (partition by users.as_of_date) > 0
                then {{ ratio('campaigns.campaigns_' ~ done, 'campaigns.campaigns_365d') }}
        end as {{ name }}_rate_365d,
        {%- endfor %}
        cast({{ days_between('campaigns.last_sent_date', 'users.as_of_date') }} as integer) as days_since_last_send,
        cast({{ days_between('campaigns.last_redemption_date', 'users.as_of_date') }} as integer)
            as days_since_last_redemption
    from users
    inner join features
        on users.as_of_date = features.as_of_date and users.user_id = features.user_id
    left join staged
        on users.as_of_date = staged.as_of_date and users.user_id = staged.user_id
    left join preferences
        on users.as_of_date = preferences.as_of_date and users.user_id = preferences.user_id
    left join prices
        on users.as_of_date = prices.as_of_date and users.user_id = prices.user_id
    left join affinities
        on users.as_of_date = affinities.as_of_date and users.user_id = affinities.user_id
    left join campaigns
        on users.as_of_date = campaigns.as_of_date and users.user_id = campaigns.user_id
)

select * from final
