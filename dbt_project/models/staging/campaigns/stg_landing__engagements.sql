with source as (
    select * from {{ source('landing', 'engagements') }}
),

renamed as (
    select
        engagement_id,
        campaign_id,
        user_id,
        engagement_type,
        coupon_id,
        {{ local_date('event_ts') }} as event_date,
        _arrival_date as arrival_date
    from source
)

select * from renamed
