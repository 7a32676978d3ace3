with known as (
    {{ known_as_of(ref('stg_landing__shop_documents')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, document_id, language
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(document_id as varchar) as document_id,
        cast(language as varchar) as language,
        cast(title as varchar) as title,
        cast(text as varchar) as text,
        cast(link as varchar) as link,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
