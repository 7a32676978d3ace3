{%- set levels = {'category': 'item_category', 'subcategory': 'item_category2', 'brand': 'item_brand'} -%}

with affinities as (
    {{ of_this_run(ref('int_purchases_aggregated_to_affinities')) }}
),

-- of the shopper's purchases of any item there is one row, in the first place
ranked as (
    select
        *,
        row_number() over (
            partition by as_of_date, user_id, item_field
            order by purchases_365d desc nulls last, item_value asc nulls last
        ) as place
    from affinities
),

placed as (
    select
        {%- for level, column in levels.items() %}
        {%- for place in range(1, 4) %}
        {%- set is_it = "item_field = '" ~ column ~ "' and place = " ~ place %}
        max(case when {{ is_it }} then item_value end) as top_{{ level }}_{{ place }},
        max(case when {{ is_it }} then purchases_365d end) as top_{{ level }}_{{ place }}_purchases,
        {%- endfor %}
        {%- endfor %}
        max(case when item_field = 'any' then purchases_365d end) as purchases,
        as_of_date,
        user_id
    from ranked
    where place <= 3
    group by as_of_date, user_id
),

final as (
    select
        {%- for level in levels %}
        {%- for place in range(1, 4) %}
        top_{{ level }}_{{ place }},
        {{ ratio('top_' ~ level ~ '_' ~ place ~ '_purchases', 'purchases') }} as top_{{ level }}_{{ place }}_share,
        {%- endfor %}
        {%- endfor %}
        as_of_date,
        user_id
    from placed
)

select * from final
