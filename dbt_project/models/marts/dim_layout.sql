with known as (
    {{ known_as_of(ref('stg_landing__layouts')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, layout, row
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(layout as varchar) as layout,
        cast(row as integer) as row,
        cast(placement as varchar) as placement,
        cast(places as integer) as places,
        cast(is_fixed as boolean) as is_fixed,
        -- screens of a day are used on the next one
        cast(
            is_enabled
            and coalesce({{ days_between('as_of_date', 'valid_from') }} <= 1, true)
            and coalesce({{ days_between('as_of_date', 'valid_until') }} >= 1, true)
            as boolean
        ) as is_in_force
    from newest
)

select * from final
