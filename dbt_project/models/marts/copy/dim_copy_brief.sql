with known as (
    {{ known_as_of(ref('stg_landing__copy_briefs')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, brief_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(brief_id as varchar) as brief_id,
        cast(name as varchar) as name,
        cast(audience_id as varchar) as audience_id,
        cast(placement as varchar) as placement,
        cast(products as integer) as products,
        cast(channel as varchar) as channel,
        cast(language as varchar) as language,
        cast(locale as varchar) as locale,
        cast(tone as varchar) as tone,
        cast(occasion as varchar) as occasion,
        cast(occasion_zh as varchar) as occasion_zh,
        cast(percent_off as decimal(18, 4)) as percent_off,
        cast(amount_off as decimal(18, 4)) as amount_off,
        cast(minimum_spend as decimal(18, 4)) as minimum_spend,
        cast(take as integer) as take,
        cast(pay as integer) as pay,
        cast(currency as varchar) as currency,
        cast(code as varchar) as code,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(send_date as date) as send_date,
        cast(link as varchar) as link,
        cast(arms as integer) as arms,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
