with source as (
    select * from {{ source('landing', 'shop_documents') }}
),

renamed as (
    select
        document_id,
        coalesce(language, 'en') as language,
        title,
        text,
        link,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
