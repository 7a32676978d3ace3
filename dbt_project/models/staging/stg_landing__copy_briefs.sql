with source as (
    select * from {{ source('landing', 'copy_briefs') }}
),

renamed as (
    select
        brief_id,
        coalesce(name, brief_id) as name,
        audience_id,
        coalesce(placement, 'for_you') as placement,
        coalesce(products, 3) as products,
        channel,
        language,
        coalesce(locale, 'en_US') as locale,
        coalesce(tone, 'plain') as tone,
        occasion,
        occasion_zh,
        percent_off,
        amount_off,
        minimum_spend,
        take,
        pay,
        currency,
        code,
        start_date,
        end_date,
        send_date,
        link,
        coalesce(arms, 3) as arms,
        coalesce(enabled, true) as is_enabled,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
