with source as (
    select * from {{ source('landing', 'reviews') }}
),

renamed as (
    select
        review_id,
        user_id,
        item_id,
        rating,
        title,
        text as review_text,
        lower(language) as language,
        source as review_source,
        {{ local_date('created_ts') }} as created_date,
        {{ letters_and_digits('text') }} as text_letters,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
