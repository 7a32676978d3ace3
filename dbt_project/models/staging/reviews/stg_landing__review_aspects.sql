with source as (
    select * from {{ source('landing', 'review_aspects') }}
),

renamed as (
    select
        aspect_id,
        lower(language) as language,
        lower(trim(term)) as term,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
