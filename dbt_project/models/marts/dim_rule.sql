with known as (
    {{ known_as_of(ref('stg_landing__rules')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, rule_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(rule_id as varchar) as rule_id,
        cast(rule_type as varchar) as rule_type,
        cast(placement as varchar) as placement,
        cast(item_field as varchar) as item_field,
        cast(item_value as varchar) as item_value,
        cast(amount as decimal(18, 4)) as amount,
        cast(shelf_position as integer) as shelf_position,
        cast(window_days as integer) as window_days,
        cast(purpose as varchar) as purpose,
        -- shelves of a day are used on the next one
        cast(
            is_enabled
            and coalesce({{ days_between('as_of_date', 'valid_from') }} <= 1, true)
            and coalesce({{ days_between('as_of_date', 'valid_until') }} >= 1, true)
            as boolean
        ) as is_in_force
    from newest
)

select * from final
