-- ml/warehouse/refused.py reads this file too: of the template language it may use sources only.
with quarantine as (
    select
        *,
        -- a repetition that says nothing else; the loader writes these classes
        value_class in ('a repeated key', 'a repeated row') as is_repeated
    from {{ source('loader', 'quarantine') }}
),

files as (
    select
        *,
        regexp_extract(lower(file), '[.](parquet|csv|csv[.]gz|jsonl|jsonl[.]gz)$', 1) as file_format
    from {{ source('loader', 'landing_file') }}
),

lost as (
    select
        table_name,
        arrival_date,
        file,
        file_format,
        size
    from files
    where rows_read is null
),

-- nothing that arrived later is looked at, so the order of loading changes no figure
sized as (
    select
        lost.table_name,
        lost.arrival_date,
        lost.file,
        any_value(lost.size) as size,
        sum(known.size) / sum(known.rows_read) as bytes_per_row
    from lost
    left join files as known
        on
            lost.table_name = known.table_name
            and lost.file_format = known.file_format
            and lost.arrival_date >= known.arrival_date
            and known.rows_read > 0
    group by lost.table_name, lost.arrival_date, lost.file
),

final as (
    select
        quarantine.table_name,
        quarantine.arrival_date,
        cast(coalesce(sum(
            case
                when quarantine.is_repeated then 0
                when quarantine.row_number is not null then quarantine.records
                else coalesce(quarantine.footer_rows, ceil(sized.size / sized.bytes_per_row), 1)
            end
        ), 0) as bigint) as refused,
        cast(coalesce(sum(case when quarantine.is_repeated then quarantine.records end), 0) as bigint) as repeated,
        cast(count(case when quarantine.row_number is null then 1 end) as bigint) as files,
        coalesce(bool_or(
            quarantine.row_number is null and quarantine.footer_rows is null and sized.bytes_per_row is null
        ), false) as is_at_least
    from quarantine
    left join sized
        on
            quarantine.table_name = sized.table_name
            and quarantine.arrival_date = sized.arrival_date
            and quarantine.file = sized.file
    group by quarantine.table_name, quarantine.arrival_date
)

select * from final
