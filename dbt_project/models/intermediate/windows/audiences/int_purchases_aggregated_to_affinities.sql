{%- set fields = ['item_category', 'item_category2', 'item_brand'] -%}

with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_item_days')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

returned as (
    {{ returned_by('item_id') }}
),

-- the lines of feat_user_item, with their days
bought as (
    select
        active.as_of_date,
        active.user_id,
        items.item_category,
        items.item_category2,
        items.item_brand,
        {{ days_between('active.event_date', 'active.as_of_date') }} as age_days,
        {{ net('purchases') }}
    from active
    inner join items
        on active.as_of_date = items.as_of_date and active.item_id = items.item_id
    left join returned
        on
            active.as_of_date = returned.as_of_date
            and active.arrival_date = returned.arrival_date
            and active.event_date = returned.event_date
            and active.user_id = returned.user_id
            and active.item_id = returned.item_id
    where items.is_recommendable
),

-- a day on which several items of a value were bought is one row
of_days as (
    select
        as_of_date,
        user_id,
        'any' as item_field,
        '' as item_value,
        age_days,
        sum(purchases) as purchases
    from bought
    where purchases > 0
    group by as_of_date, user_id, age_days
    {%- for field in fields %}
    union all
    select
        as_of_date,
        user_id,
        '{{ field }}' as item_field,
        {{ field }} as item_value,
        age_days,
        sum(purchases) as purchases
    from bought
    where purchases > 0 and {{ field }} is not null
    group by as_of_date, user_id, {{ field }}, age_days
    {%- endfor %}
),

final as (
    select
        as_of_date,
        user_id,
        item_field,
        item_value,
        {{ window_sums('purchases', 'purchases', only=[90, 365]) }},
        count(case when age_days < 90 then 1 end) as purchase_days_90d,
        count(*) as purchase_days_365d
    from of_days
    group by as_of_date, user_id, item_field, item_value
)

select * from final
