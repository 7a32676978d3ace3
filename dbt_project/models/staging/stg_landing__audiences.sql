with source as (
    select * from {{ source('landing', 'audiences') }}
),

renamed as (
    select
        audience_id,
        coalesce(name, audience_id) as name_en,
        coalesce(name_zh, name, audience_id) as name_zh,
        coalesce(kind, 'condition') as kind,
        condition,
        coalesce(purpose, 'marketing') as purpose,
        item_field,
        item_value,
        coalesce(top_share, 0.05) as top_share,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
