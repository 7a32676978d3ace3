with source as (
    select * from {{ source('landing', 'campaigns') }}
),

renamed as (
    select
        campaign_id,
        campaign_type,
        channel,
        start_date,
        end_date,
        _arrival_date as arrival_date,
        _file as landing_file,
        _row as landing_row
    from source
)

select * from renamed
