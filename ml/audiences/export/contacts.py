"""A contact file: CSV with the shopper's id and what vendors need. It is joined on the way and kept nowhere.

Nothing of its content reaches an error, a log or the data home; errors name the file and its headings' faults only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from ml.audiences.export.layouts import Contact
from ml.errors import ContactsRefused
from ml.tables import Col

COLUMNS: Final = (Col.user_id, *Contact)
HAS_CONTACT: Final = "has_contact"


@dataclass(frozen=True)
class Contacts:
    """What a contact file says of members.

    Attributes:
        rows: a row per member who is in the file: ``COLUMNS``, texts as written, empty where there is none.
        repeated: members who have several rows there; the first one counts.
    """

    rows: pl.DataFrame
    repeated: int


def read_contacts(file: Path, members: pl.Series, default_country: str = "") -> Contacts:
    """The file's rows of ``members``.

    Args:
        members: ids, each once.
        default_country: of rows that name none.

    Raises:
        ContactsRefused: it can't be read, or lacks the ids or any contact column.
    """
    found = _columns(file)
    if Col.user_id not in found.values() or len(found) < 2:
        raise _refused(file, f"headings {Col.user_id} and any of {', '.join(Contact)}", "others")
    try:
        rows = (
            pl.scan_csv(file, infer_schema=False, glob=False)
            .select(pl.col(heading).fill_null("").alias(column) for heading, column in found.items())
            .join(members.to_frame(Col.user_id).lazy(), on=Col.user_id, how="semi", maintain_order="left")
            .collect()
        )
    except (pl.exceptions.PolarsError, OSError):
        raise _refused(file, "UTF-8, commas, as many cells in a row as headings", "something else") from None
    first = rows.unique(Col.user_id, keep="first", maintain_order=True)
    repeated = rows.group_by(Col.user_id).len().filter(pl.col("len") > 1).height
    absent = [pl.lit("").alias(column) for column in COLUMNS if column not in rows.columns]
    country = pl.col(Contact.COUNTRY)
    complete = first.with_columns(absent).with_columns(
        pl.when(country.str.strip_chars() == "").then(pl.lit(default_country)).otherwise(country).alias(Contact.COUNTRY)
    )
    return Contacts(complete.select(COLUMNS), repeated)


def _columns(file: Path) -> dict[str, str]:
    """Of the headings that are known, however they are capitalised, the column that each means; the first counts."""
    try:
        headings = pl.read_csv(file, infer_schema=False, n_rows=0, glob=False).columns
    except (pl.exceptions.PolarsError, OSError, ValueError, TypeError):  # the last: a name that is no Unicode
        raise _refused(file, "a CSV file of this user's, with headings", "none that can be read") from None
    found: dict[str, str] = {}
    for heading in headings:
        column = heading.strip().lower()
        if column in COLUMNS and column not in found.values():
            found[heading] = column
    return found


def _refused(file: Path, expected: str, found: str) -> ContactsRefused:
    return ContactsRefused(
        f"contact file {file.name}", expected=expected, found=found, remedy="See docs/how-to/export-audiences.md"
    )
