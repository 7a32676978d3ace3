with known as (
    {{ known_as_of(ref('stg_landing__items')) }}
),

excluded as (
    select * from {{ ref('excluded_categories') }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, item_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        newest.as_of_date,
        cast(newest.item_id as varchar) as item_id,
        cast(newest.item_name as varchar) as item_name,
        cast(newest.item_brand as varchar) as item_brand,
        cast(newest.item_category as varchar) as item_category,
        cast(newest.item_category2 as varchar) as item_category2,
        cast(newest.item_category3 as varchar) as item_category3,
        cast(newest.price as decimal(18, 4)) as price,
        cast(newest.unit_cost as decimal(18, 4)) as unit_cost,
        cast(newest.currency as varchar) as currency,
        cast(newest.availability as varchar) as availability,
        cast({{ local_date('newest.creation_ts') }} as date) as created_date,
        newest.arrival_date as changed_date,
        cast(
            coalesce(newest.availability, '') != 'out_of_stock'
            and by_category.value is null
            and by_category2.value is null
            and by_category3.value is null
            as boolean
        ) as is_recommendable
    from newest
    left join excluded as by_category
        on by_category.level = 'item_category' and newest.item_category = by_category.value
    left join excluded as by_category2
        on by_category2.level = 'item_category2' and newest.item_category2 = by_category2.value
    left join excluded as by_category3
        on by_category3.level = 'item_category3' and newest.item_category3 = by_category3.value
)

select * from final
