"""A contact file: CSV with the shopper's id and what vendors need. It is joined on the way and kept nowhere.

Nothing of its content reaches an error, a log or the data home; errors name the file and its headings' faults only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from ml.audiences.export.layouts import Contact
from ml.errors import ContactsRefused
from ml.tables import Col

ShopId: TypeAlias = Callable[[str, str], str]
"""A shopper's id, of what a contact file has for one and the address beside it; empty where there is neither."""
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


def read_contacts(file: Path, members: pl.Series, default_country: str = "", shop_id: ShopId | None = None) -> Contacts:
    """The file's rows of ``members``.

    Args:
        members: ids, each once.
        default_country: of rows that name none.
        shop_id: how this shop names a shopper of whom it knows an address alone; None where it knows ids.

    Raises:
        ContactsRefused: it can't be read, or lacks the ids or any contact column.
    """
    found = _columns(file, shop_id)
    try:
        read = pl.read_csv(file, columns=[*found], infer_schema=False, glob=False)
    except (pl.exceptions.PolarsError, OSError):
        raise _refused(file, "UTF-8, commas, as many cells in a row as headings", "something else") from None
    given = read.select(pl.col(heading).alias(column) for heading, column in found.items())
    absent = [pl.lit("").alias(column) for column in COLUMNS if column not in given.columns]
    rows = _named(given.with_columns(absent).select(pl.col(COLUMNS).fill_null("")), shop_id)
    rows = rows.join(members.to_frame(Col.user_id), on=Col.user_id, how="semi", maintain_order="left")
    first = rows.unique(Col.user_id, keep="first", maintain_order=True)
    repeated = rows.group_by(Col.user_id).len().filter(pl.col("len") > 1).height
    country = pl.col(Contact.COUNTRY)
    country = pl.when(country.str.strip_chars() == "").then(pl.lit(default_country)).otherwise(country)
    return Contacts(first.with_columns(country.alias(Contact.COUNTRY)), repeated)


def _named(rows: pl.DataFrame, shop_id: ShopId | None) -> pl.DataFrame:
    """With the shop's id where a row has an address or nothing for one."""
    if shop_id is None:
        return rows
    by_address = (pl.col(Col.user_id).str.strip_chars() == "") | pl.col(Col.user_id).str.contains("@", literal=True)
    ids = [
        shop_id(user, address) if asked else user
        for user, address, asked in rows.select(Col.user_id, Contact.EMAIL, by_address.alias("asked")).iter_rows()
    ]
    return rows.with_columns(pl.Series(Col.user_id, ids, dtype=pl.String))


def _columns(file: Path, shop_id: ShopId | None) -> dict[str, str]:
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
    known = {*found.values()}
    if not known & {*Contact} or not (Col.user_id in known or (shop_id and Contact.EMAIL in known)):
        raise _refused(file, f"headings {Col.user_id} and any of {', '.join(Contact)}", "others")
    return found


def _refused(file: Path, expected: str, found: str) -> ContactsRefused:
    return ContactsRefused(
        f"contact file {file.name}", expected=expected, found=found, remedy="See docs/how-to/export-audiences.md"
    )
