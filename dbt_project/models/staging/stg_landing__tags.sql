with source as (
    select * from {{ source('landing', 'tags') }}
),

renamed as (
    select
        tag_id,
        coalesce(name, tag_id) as name_en,
        coalesce(name_zh, name, tag_id) as name_zh,
        condition,
        minimum_support,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
