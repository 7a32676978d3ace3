with source as (
    select * from {{ source('landing', 'copy_decisions') }}
),

renamed as (
    select
        decision_id,
        brief_id,
        language,
        channel,
        arm,
        decision,
        variant_hash,
        part,
        text,
        reason,
        who,
        decided_at,
        _arrival_date as arrival_date
    from source
)

select * from renamed
