with purchases as (
    {{ of_this_run(ref('history')) }}
),

items as (
    select * from {{ ref('int_items_numbered_by_group') }}
),

bought as (
    select
        purchases.as_of_date,
        purchases.user_id,
        {{ days_between('purchases.event_date', 'purchases.as_of_date') }} as age_days,
        {%- for level in item_groups() %}
        items.{{ level }}_id{% if not loop.last %},{% endif %}
        {%- endfor %}
    from purchases
    inner join items
        on purchases.as_of_date = items.as_of_date and purchases.item_id = items.item_id
),

-- A day on which several items of a group were bought is one day. Each level is summed by itself: its name in the key
-- of a group by over all of them costs a third more.
summed as (
    {%- for level in item_groups() %}
    select
        as_of_date,
        user_id,
        '{{ level }}' as group_level,
        group_id,
        count(*) as purchase_days,
        min(age_days) as last_age,
        max(age_days) as first_age,
        {%- for half_life in half_lives() %}
        sum({{ decayed('age_days', half_life) }}) as decayed_{{ half_life }}d{% if not loop.last %},{% endif %}
        {%- endfor %}
    from (
        select distinct
            as_of_date,
            user_id,
            {{ level }}_id as group_id,
            age_days
        from bought
        where age_days < {{ windows() | max }}
    ) as purchase_days
    group by as_of_date, user_id, group_id
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(group_level as varchar) as group_level,
        group_id,
        cast(purchase_days as bigint) as purchase_days_365d,
        cast(last_age as integer) as days_since_last_purchase,
        cast(first_age as integer) as days_since_first_purchase,
        {%- for half_life in half_lives() %}
        {{ undecayed('decayed_' ~ half_life ~ 'd') }} as decayed_purchase_days_{{ half_life }}d,
        {%- endfor %}
        {{ ratio('first_age - last_age', 'purchase_days - 1') }} as mean_days_between_purchases,
        {{ ratio('last_age * (purchase_days - 1)', 'first_age - last_age') }} as due_ratio
    from summed
)

select * from final
