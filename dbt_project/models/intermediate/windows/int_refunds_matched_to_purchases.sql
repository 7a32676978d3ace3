-- Of a shopper's units of an item the ones bought last are returned first; a refund without units to return is ignored.
with active as (
    {{ active_as_of(ref('int_interactions_aggregated_to_user_item_days')) }}
),

refunded_pairs as (
    select distinct
        as_of_date,
        user_id,
        item_id
    from active
    where refunds > 0
),

known as (
    {{ active_as_of(ref('stg_landing__interactions')) }}
),

moved as (
    select
        known.*,
        case when known.is_purchase then known.quantity else -known.quantity end as units
    from known
    inner join refunded_pairs
        on
            known.as_of_date = refunded_pairs.as_of_date
            and known.user_id = refunded_pairs.user_id
            and known.item_id = refunded_pairs.item_id
    where known.is_purchase or known.event_type = 'refund'
),

summed as (
    select
        *,
        sum(units) over (
            partition by as_of_date, user_id, item_id
            order by event_ts asc nulls last, is_purchase desc nulls last, event_id asc nulls last
            rows between unbounded preceding and current row
        ) as balance
    from moved
),

-- how many units the shopper holds after the event: never below none, whatever refunds say
held as (
    select
        *,
        balance - least(
            min(balance) over (
                partition by as_of_date, user_id, item_id
                order by event_ts asc nulls last, is_purchase desc nulls last, event_id asc nulls last
                rows between unbounded preceding and current row
            ), 0
        ) as held_after
    from summed
),

-- a purchase's units lie on those held before it; those above the lowest later level were returned
lowest as (
    select
        *,
        min(held_after) over (
            partition by as_of_date, user_id, item_id
            order by event_ts asc nulls last, is_purchase desc nulls last, event_id asc nulls last
            rows between current row and unbounded following
        ) as lowest_after
    from held
),

returned as (
    select
        *,
        quantity - greatest(lowest_after - (held_after - quantity), 0) as returned_units
    from lowest
    where is_purchase
),

aggregated as (
    select
        as_of_date,
        arrival_date,
        event_date,
        user_id,
        item_id,
        session_id,
        cast(count(case when returned_units = quantity then 1 end) as bigint) as purchases,
        cast(sum(returned_units) as decimal(18, 4)) as quantity,
        cast(sum({{ share_of('event_value', 'returned_units', 'quantity') }}) as decimal(18, 4)) as revenue,
        cast(sum({{ share_of('discount', 'returned_units', 'quantity') }}) as decimal(18, 4)) as discount
    from returned
    where returned_units > 0
    group by as_of_date, arrival_date, event_date, user_id, item_id, session_id
)

select * from aggregated
