with source as (
    select * from {{ source('landing', 'impressions') }}
),

renamed as (
    select
        impression_id,
        user_id,
        item_id,
        placement,
        clicked as is_clicked,
        {{ local_date('shown_ts') }} as event_date,
        _arrival_date as arrival_date
    from source
)

select * from renamed
