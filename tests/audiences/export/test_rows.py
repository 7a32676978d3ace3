"""Whatever people and shops write, no cell of a CSV runs, and every row is there once with its cells in place."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from ml.audiences.columns import Aud
from ml.audiences.export.contacts import COLUMNS, Contacts
from ml.audiences.export.layouts import LAYOUTS, Contact, Layout
from ml.audiences.export.rows import laid_out
from ml.tables import Col

RUNS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?[\d.]+(e-?\d+)?")
SHEETS = [layout for layout in LAYOUTS.values() if not layout.is_parquet]
TEXTS = st.one_of(
    st.text(max_size=12), st.sampled_from(["=1+1", "+1", "-1|x", "@x", "\t=1", "a\n=1", '";=1', ",=1", "'"])
)
ROW = st.fixed_dictionaries(dict.fromkeys((*Contact, Aud.reason_en, Aud.reason_zh), TEXTS))


@tried(max_examples=60, deadline=None)
@given(layout=st.sampled_from(SHEETS), rows=st.lists(ROW, min_size=1, max_size=4), by_contact=st.booleans())
def test_no_cell_of_any_layout_runs_in_a_spreadsheet(
    layout: Layout, rows: list[dict[str, str]], by_contact: bool
) -> None:
    people = (
        pl.DataFrame(rows).with_row_index(Col.user_id).with_columns(pl.format("s{}", Col.user_id).alias(Col.user_id))
    )
    members = people.with_columns(
        pl.lit("=wine").alias(Aud.audience_id),
        pl.lit(date(2025, 3, 1)).alias(Col.as_of_date),
        pl.lit(-0.5).alias(Col.score),
    )
    contacts = Contacts(people.select(COLUMNS), 0) if by_contact else None
    found = laid_out(members.drop(Contact), layout, contacts)
    head, *cells = csv.reader(io.StringIO(found.frame.write_csv(), newline=""))
    assert head == [field.heading for field in (layout.by_contact if by_contact else layout.by_id)]
    assert len(cells) == len(rows) - found.unreachable - found.repeated
    assert {len(row) for row in cells} <= {len(head)}
    assert [cell for row in cells for cell in row if RUNS.match(cell) and not NUMBER.fullmatch(cell)] == []
