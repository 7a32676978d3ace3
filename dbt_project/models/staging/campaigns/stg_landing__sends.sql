with source as (
    select * from {{ source('landing', 'sends') }}
),

renamed as (
    select
        send_id,
        campaign_id,
        user_id,
        channel,
        {{ local_date('sent_ts') }} as event_date,
        _arrival_date as arrival_date
    from source
)

select * from renamed
