with known as (
    {{ known_as_of(ref('stg_landing__audience_users')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, audience_id, user_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(audience_id as varchar) as audience_id,
        cast(user_id as varchar) as user_id,
        cast(is_enabled as boolean) as is_enabled
    from newest
)

select * from final
