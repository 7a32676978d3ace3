with known as (
    {{ known_as_of(ref('stg_landing__copy_terms')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, term_id, language
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(term_id as varchar) as term_id,
        cast(language as varchar) as language,
        cast(kind as varchar) as kind,
        cast(text as varchar) as text,
        cast(source as varchar) as source,
        cast(item_id as varchar) as item_id,
        cast(brief_id as varchar) as brief_id,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
