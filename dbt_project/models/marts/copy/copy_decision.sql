with known as (
    {{ known_as_of(ref('stg_landing__copy_decisions')) }}
),

final as (
    select
        as_of_date,
        cast(decision_id as varchar) as decision_id,
        cast(brief_id as varchar) as brief_id,
        cast(language as varchar) as language,
        cast(channel as varchar) as channel,
        cast(arm as integer) as arm,
        cast(decision as varchar) as decision,
        cast(variant_hash as varchar) as variant_hash,
        cast(part as varchar) as part,
        cast(text as varchar) as text,
        cast(reason as varchar) as reason,
        cast(who as varchar) as who,
        cast(decided_at as varchar) as decided_at
    from known
)

select * from final
