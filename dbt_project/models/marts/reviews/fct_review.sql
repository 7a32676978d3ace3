{{ config(materialized='view') }}

with known as (
    {{ known_as_of(ref('stg_landing__reviews')) }}
),

bought as (
    {{ known_as_of(ref('int_interactions_aggregated_to_user_item_days')) }}
),

newest as (
    select *
    from known
    qualify
        row_number() over (
            partition by as_of_date, review_id
            order by arrival_date desc nulls last, landing_file desc nulls last, landing_row desc nulls last
        ) = 1
),

reviewed as (
    select distinct
        as_of_date,
        user_id,
        item_id
    from newest
    where user_id is not null
),

-- also what was returned later: who returned an item has had it
first_bought as (
    select
        bought.as_of_date,
        bought.user_id,
        bought.item_id,
        min(bought.event_date) as event_date
    from bought
    inner join reviewed
        on
            bought.as_of_date = reviewed.as_of_date
            and bought.user_id = reviewed.user_id
            and bought.item_id = reviewed.item_id
    where bought.purchases > 0
    group by bought.as_of_date, bought.user_id, bought.item_id
),

compared as (
    select
        newest.*,
        coalesce(first_bought.event_date <= newest.created_date, false) as has_bought,
        first_value(newest.review_id) over (
            partition by newest.as_of_date, newest.text_letters
            order by newest.created_date asc nulls last, newest.review_id asc nulls last
        ) as first_review_id,
        count(*) over (
            partition by newest.as_of_date, newest.user_id, newest.created_date
        ) as user_reviews_of_day
    from newest
    left join first_bought
        on
            newest.as_of_date = first_bought.as_of_date
            and newest.user_id = first_bought.user_id
            and newest.item_id = first_bought.item_id
),

final as (
    select
        as_of_date,
        cast(review_id as varchar) as review_id,
        cast(user_id as varchar) as user_id,
        cast(item_id as varchar) as item_id,
        cast(rating as decimal(18, 4)) as rating,
        cast(title as varchar) as title,
        cast(review_text as varchar) as review_text,
        cast(language as varchar) as language,
        cast(review_source as varchar) as review_source,
        created_date,
        arrival_date as changed_date,
        cast(has_bought as boolean) as has_bought,
        -- a few words, such as "very good", are the same by chance
        cast(
            case when length(text_letters) >= 12 and first_review_id != review_id then first_review_id end as varchar
        ) as duplicate_of,
        cast(case when user_id is not null then user_reviews_of_day end as integer) as user_reviews_of_day
    from compared
)

select * from final
