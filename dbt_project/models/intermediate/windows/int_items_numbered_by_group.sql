with items as (
    {{ of_this_run(ref('dim_item')) }}
),

final as (
    select
        as_of_date,
        item_id,
        {%- for level, columns in item_groups().items() %}
        cast(dense_rank() over (
            partition by as_of_date
            order by {{ by_name(columns) }}
        ) as bigint) as {{ level }}_id{% if not loop.last %},{% endif %}
        {%- endfor %}
    from items
    where is_recommendable
)

select * from final
