with known as (
    {{ known_as_of(ref('stg_landing__copy_texts')) }}
),

final as (
    select
        as_of_date,
        cast(text_id as varchar) as text_id,
        cast(sheet_id as varchar) as sheet_id,
        cast(brief_id as varchar) as brief_id,
        cast(language as varchar) as language,
        cast(arm as integer) as arm,
        cast(part as varchar) as part,
        cast(text as varchar) as text,
        cast(model as varchar) as model,
        cast(prompt_version as varchar) as prompt_version
    from known
)

select * from final
