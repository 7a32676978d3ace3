"""How many rows of an arrival day were refused, as SQL over the raw schema.

A file refused whole counts as the rows that it probably holds: those that its Parquet footer tells, else its size
over the usual bytes per row of the table's other files of that format up to its day. Where neither is known it is
one row, and the figure is a lower bound. Rows that had come before are counted apart: a file sent twice is not a
broken one.
"""

from __future__ import annotations

from typing import Final

REPEATED_KEY: Final = "a repeated key"
REPEATED_ROW: Final = "a repeated row"
"""Of a table that restricts: a repetition that says nothing else, so that leaving it out loses no restriction."""

_REPEATED: Final = f"('{REPEATED_KEY}', '{REPEATED_ROW}')"
_FORMAT: Final = "regexp_extract(lower(file), '[.](parquet|csv|csv[.]gz|jsonl|jsonl[.]gz)$', 1)"

REFUSED: Final = f"""
    select
        quarantine.table_name, quarantine.arrival_date,
        coalesce(sum(case
            when value_class in {_REPEATED} then 0
            when row_number is not null then records
            else coalesce(footer_rows, ceil(lost.size / lost.bytes_per_row), 1)
        end), 0)::bigint as refused,
        coalesce(sum(records) filter (value_class in {_REPEATED}), 0)::bigint as repeated,
        count(*) filter (row_number is null) as files,
        bool_or(row_number is null and footer_rows is null and lost.bytes_per_row is null) as is_at_least
    from raw.quarantine
    left join (
        select
            broken.table_name, broken.arrival_date, broken.file, any_value(broken.size) as size,
            sum(known.size) / sum(known.rows_read) as bytes_per_row
        from (select *, {_FORMAT} as format from raw.landing_file where rows_read is null) as broken
        left join (select *, {_FORMAT} as format from raw.landing_file where rows_read > 0) as known
            on broken.table_name = known.table_name and broken.format = known.format
            and known.arrival_date <= broken.arrival_date
        group by broken.table_name, broken.arrival_date, broken.file
    ) as lost using (table_name, arrival_date, file)
    group by quarantine.table_name, quarantine.arrival_date
"""
"""Per table and arrival date: rows refused, rows repeated, files refused whole, whether ``refused`` is a lower bound.

It looks at nothing that arrived after the rows it counts, so the order of loading changes no figure.
"""
