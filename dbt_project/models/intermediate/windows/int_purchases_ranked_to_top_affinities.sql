{%- set levels = {'category': 'item_category', 'subcategory': 'item_category2', 'brand': 'item_brand'} -%}

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
        items.item_category2,
        items.item_brand
    from pairs
    inner join items
        on pairs.as_of_date = items.as_of_date and pairs.item_id = items.item_id
    where pairs.purchases_365d > 0
),

shoppers as (
    select
        as_of_date,
        user_id,
        sum(purchases_365d) as purchases
    from bought
    group by as_of_date, user_id
),
{% for level, column in levels.items() %}
by_{{ level }} as (
    select
        as_of_date,
        user_id,
        {{ column }},
        sum(purchases_365d) as purchases
    from bought
    where {{ column }} is not null
    group by as_of_date, user_id, {{ column }}
),

ranked_by_{{ level }} as (
    select
        *,
        row_number() over (
            partition by as_of_date, user_id
            order by purchases desc nulls last, {{ column }} asc nulls last
        ) as place
    from by_{{ level }}
),

top_{{ level }} as (
    select
        {%- for place in range(1, 4) %}
        max(case when place = {{ place }} then {{ column }} end) as top_{{ level }}_{{ place }},
        max(case when place = {{ place }} then purchases end) as top_{{ level }}_{{ place }}_purchases,
        {%- endfor %}
        as_of_date,
        user_id
    from ranked_by_{{ level }}
    where place <= 3
    group by as_of_date, user_id
),
{% endfor %}
final as (
    select
        {%- for level in levels %}
        {%- for place in range(1, 4) %}
        top_{{ level }}.top_{{ level }}_{{ place }},
        {{ ratio('top_' ~ level ~ '.top_' ~ level ~ '_' ~ place ~ '_purchases', 'shoppers.purchases') }}
            as top_{{ level }}_{{ place }}_share,
        {%- endfor %}
        {%- endfor %}
        shoppers.as_of_date,
        shoppers.user_id
    from shoppers
    left join top_category
        on shoppers.as_of_date = top_category.as_of_date and shoppers.user_id = top_category.user_id
    left join top_subcategory
        on shoppers.as_of_date = top_subcategory.as_of_date and shoppers.user_id = top_subcategory.user_id
    left join top_brand
        on shoppers.as_of_date = top_brand.as_of_date and shoppers.user_id = top_brand.user_id
)

select * from final
