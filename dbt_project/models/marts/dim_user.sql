with known as (
    {{ known_as_of(ref('stg_landing__users')) }}
),

active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_sessions')) }}
),

registered as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, user_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

-- a shopper's last visit says where to meet them, also one who only looked
seen as (
    select
        as_of_date,
        user_id,
        channel,
        store_id
    from active
    qualify
        row_number() over (
            partition by as_of_date, user_id
            order by event_date desc nulls last, arrival_date desc nulls last, session_id desc nulls last
        ) = 1
),

final as (
    select
        coalesce(registered.as_of_date, seen.as_of_date) as as_of_date,
        cast(coalesce(registered.user_id, seen.user_id) as varchar) as user_id,
        cast(registered.country as varchar) as country,
        cast(registered.language as varchar) as language,
        cast({{ local_date('registered.signup_ts') }} as date) as signup_date,
        cast(seen.channel as varchar) as last_channel,
        cast(seen.store_id as varchar) as last_store_id,
        cast(registered.user_id is not null as boolean) as is_registered
    from registered
    full outer join seen
        on registered.as_of_date = seen.as_of_date and registered.user_id = seen.user_id
)

select * from final
