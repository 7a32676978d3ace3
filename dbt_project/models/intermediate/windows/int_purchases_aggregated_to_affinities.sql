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

-- A day on which several items of a value were bought is one row. Each field is summed by itself: its name in the key
-- of a group by over all of them costs a third more.
final as (
    {%- for field in ['any'] + fields %}
    {%- set value = "''" if field == 'any' else field %}
    select
        as_of_date,
        user_id,
        '{{ field }}' as item_field,
        item_value,
        {{ window_sums('purchases', 'purchases', only=[90, 365]) }},
        count(case when age_days < 90 then 1 end) as purchase_days_90d,
        count(*) as purchase_days_365d
    from (
        select
            as_of_date,
            user_id,
            {{ value }} as item_value,
            age_days,
            sum(purchases) as purchases
        from bought
        where purchases > 0 and {{ value }} is not null
        group by as_of_date, user_id, {{ value }}, age_days
    ) as of_days
    group by as_of_date, user_id, item_value
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
)

select * from final
