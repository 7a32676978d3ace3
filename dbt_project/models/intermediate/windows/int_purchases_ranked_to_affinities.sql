with pairs as (
    {{ of_this_run(ref('feat_user_item')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

bought as (
    select
        pairs.as_of_date,
        pairs.user_id,
        pairs.purchases_365d,
        items.item_category,
        items.item_brand
    from pairs
    inner join items
        on pairs.as_of_date = items.as_of_date and pairs.item_id = items.item_id
    where pairs.purchases_365d > 0
),
{% for level in ['category', 'brand'] %}
by_{{ level }} as (
    select
        as_of_date,
        user_id,
        item_{{ level }} as top_{{ level }},
        sum(purchases_365d) as purchases,
        sum(sum(purchases_365d)) over (partition by as_of_date, user_id) as all_purchases
    from bought
    group by as_of_date, user_id, item_{{ level }}
),

top_{{ level }} as (
    select
        *,
        {{ ratio('purchases', 'all_purchases') }} as top_{{ level }}_share
    from by_{{ level }}
    where top_{{ level }} is not null
    qualify
        row_number() over (
            partition by as_of_date, user_id
            order by purchases desc nulls last, top_{{ level }} asc nulls last
        ) = 1
),
{% endfor %}
final as (
    select
        coalesce(top_category.as_of_date, top_brand.as_of_date) as as_of_date,
        coalesce(top_category.user_id, top_brand.user_id) as user_id,
        top_category.top_category,
        top_category.top_category_share,
        top_brand.top_brand,
        top_brand.top_brand_share
    from top_category
    full outer join top_brand
        on top_category.as_of_date = top_brand.as_of_date and top_category.user_id = top_brand.user_id
)

select * from final
