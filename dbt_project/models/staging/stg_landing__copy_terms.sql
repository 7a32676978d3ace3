with source as (
    select * from {{ source('landing', 'copy_terms') }}
),

renamed as (
    select
        term_id,
        coalesce(language, '') as language,
        kind,
        text,
        source,
        item_id,
        brief_id,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
