with source as (
    select * from {{ source('landing', 'copy_texts') }}
),

renamed as (
    select
        text_id,
        sheet_id,
        brief_id,
        language,
        arm,
        part,
        text,
        model,
        prompt_version,
        _arrival_date as arrival_date
    from source
)

select * from renamed
