with known as (
    {{ known_as_of(ref('stg_landing__tags')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, tag_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(tag_id as varchar) as tag_id,
        cast(name_en as varchar) as name_en,
        cast(name_zh as varchar) as name_zh,
        cast(condition as varchar) as condition,
        cast(minimum_support as integer) as minimum_support,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
