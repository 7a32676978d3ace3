with ratings as (
    select * from {{ ref('rating') }}
),

latest as (
    select *
    from ratings
    qualify
        row_number() over (
            partition by as_of_date, user_id, item_id
            order by event_date desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        user_id,
        item_id
    from latest
    where not {{ is_liked('rating') }}
)

select * from final
