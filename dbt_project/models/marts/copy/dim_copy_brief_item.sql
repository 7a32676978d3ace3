with known as (
    {{ known_as_of(ref('stg_landing__copy_brief_items')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, brief_id, item_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(brief_id as varchar) as brief_id,
        cast(item_id as varchar) as item_id,
        cast(position as integer) as position,
        cast(name as varchar) as name,
        cast(name_zh as varchar) as name_zh,
        cast(price as decimal(18, 4)) as price,
        cast(was_price as decimal(18, 4)) as was_price,
        cast(percent_off as decimal(18, 4)) as percent_off,
        cast(currency as varchar) as currency,
        cast(take as integer) as take,
        cast(pay as integer) as pay,
        cast(pack_size as decimal(18, 4)) as pack_size,
        cast(pack_unit as varchar) as pack_unit,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
