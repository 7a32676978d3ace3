with known as (
    {{ known_as_of(ref('stg_landing__audiences')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, audience_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(audience_id as varchar) as audience_id,
        cast(name_en as varchar) as name_en,
        cast(name_zh as varchar) as name_zh,
        cast(kind as varchar) as kind,
        cast(condition as varchar) as condition,
        cast(purpose as varchar) as purpose,
        cast(item_field as varchar) as item_field,
        cast(item_value as varchar) as item_value,
        cast(top_share as double) as top_share,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
