with sends as (
    {{ active_as_of(ref('stg_landing__sends')) }}
),

engagements as (
    {{ active_as_of(ref('stg_landing__engagements')) }}
),

known as (
    {{ known_as_of(ref('stg_landing__campaigns')) }}
),

campaigns as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, campaign_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

-- what a shopper got of a campaign
received as (
    select
        as_of_date,
        user_id,
        campaign_id,
        count(*) as sends_365d,
        count(case when {{ days_between('event_date', 'as_of_date') }} < 90 then 1 end) as sends_90d,
        max(event_date) as last_sent_date
    from sends
    group by as_of_date, user_id, campaign_id
),

-- what a shopper did about it
answered as (
    select
        as_of_date,
        user_id,
        campaign_id,
        count(case when engagement_type = 'open' then 1 end) as opens,
        count(case when engagement_type = 'click' then 1 end) as clicks,
        count(case when engagement_type = 'redeem' then 1 end) as redemptions,
        count(case when engagement_type = 'convert' then 1 end) as conversions,
        max(case when engagement_type = 'redeem' then event_date end) as last_redemption_date
    from engagements
    group by as_of_date, user_id, campaign_id
),

matched as (
    select
        coalesce(received.as_of_date, answered.as_of_date) as as_of_date,
        coalesce(received.user_id, answered.user_id) as user_id,
        coalesce(received.campaign_id, answered.campaign_id) as campaign_id,
        received.sends_365d,
        received.sends_90d,
        received.last_sent_date,
        answered.opens,
        answered.clicks,
        answered.redemptions,
        answered.conversions,
        answered.last_redemption_date
    from received
    full outer join answered
        on
            received.as_of_date = answered.as_of_date
            and received.user_id = answered.user_id
            and received.campaign_id = answered.campaign_id
),

final as (
    select
        matched.as_of_date,
        matched.user_id,
        count(matched.sends_365d) as campaigns_365d,
        count(case when matched.sends_90d > 0 then 1 end) as campaigns_90d,
        count(case when matched.sends_365d > 0 and campaigns.end_date > matched.as_of_date then 1 end)
            as running_campaigns,
        sum(coalesce(matched.sends_365d, 0)) as sends_365d,
        sum(coalesce(matched.sends_90d, 0)) as sends_90d,
        max(matched.last_sent_date) as last_sent_date,
        sum(coalesce(matched.opens, 0)) as opens_365d,
        sum(coalesce(matched.clicks, 0)) as clicks_365d,
        sum(coalesce(matched.redemptions, 0)) as redemptions_365d,
        sum(coalesce(matched.conversions, 0)) as conversions_365d,
        max(matched.last_redemption_date) as last_redemption_date,
        -- of the campaigns received, so that a rate is never above one
        count(case when matched.sends_365d > 0 and matched.opens > 0 then 1 end) as campaigns_opened,
        count(case when matched.sends_365d > 0 and matched.clicks > 0 then 1 end) as campaigns_clicked,
        count(case when matched.sends_365d > 0 and matched.redemptions > 0 then 1 end) as campaigns_redeemed
    from matched
    left join campaigns
        on matched.as_of_date = campaigns.as_of_date and matched.campaign_id = campaigns.campaign_id
    group by matched.as_of_date, matched.user_id
)

select * from final
