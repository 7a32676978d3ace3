with known as (
    {{ known_as_of(ref('stg_landing__review_aspects')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, aspect_id, language, term
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(aspect_id as varchar) as aspect_id,
        cast(language as varchar) as language,
        cast(term as varchar) as term,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
