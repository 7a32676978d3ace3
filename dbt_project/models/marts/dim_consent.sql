with known as (
    {{ known_as_of(ref('stg_landing__consents')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, user_id, purpose
            order by
                granted_ts desc nulls last, arrival_date desc nulls last,
                landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

final as (
    select
        as_of_date,
        cast(user_id as varchar) as user_id,
        cast(purpose as varchar) as purpose,
        cast(is_granted as boolean) as is_granted
    from newest
)

select * from final
