"""The rows of an export: members, with contacts where there are some, in a layout."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ml.audiences.export.contacts import HAS_CONTACT, Contacts
from ml.audiences.export.formulas import disarmed, running_ids
from ml.audiences.export.hashing import sha256_hex
from ml.audiences.export.layouts import Cell, Contact, Field, Layout
from ml.errors import ExportRefused
from ml.tables import Col

_BATCH = 50_000
"""Rows whose texts are Python objects at one time."""


@dataclass(frozen=True)
class Rows:
    """What is written, and who is missing in it.

    Attributes:
        frame: the file's rows, columns by heading.
        without_contact: members who are not in the contact file.
        unreachable: members who are, with nothing there that the layout could reach them by.
        repeated: rows left out because an earlier one is the same: two members with one address.
        unusable: by heading, texts of the contact file that are not what they should be.
    """

    frame: pl.DataFrame
    without_contact: int = 0
    unreachable: int = 0
    repeated: int = 0
    unusable: dict[str, int] | None = None


def laid_out(members: pl.DataFrame, layout: Layout, contacts: Contacts | None) -> Rows:
    """Members in ``layout``, in their order.

    Args:
        members: rows of ``audience_member`` with the columns ``Field.column`` of the layout that are no contacts.
        contacts: what a contact file says of them; None without one.

    Raises:
        ExportRefused: an id would run as a formula where the file is opened in a spreadsheet.
    """
    fields = layout.by_id if contacts is None else layout.by_contact
    if not layout.is_parquet and any(field.cell is Cell.ID for field in fields):
        _refuse_formulas(members)
    if contacts is None:
        return Rows(_written(fields, members, layout.is_parquet))
    joined = members.join(
        contacts.rows.with_columns(pl.lit(value=True).alias(HAS_CONTACT)),
        on=Col.user_id,
        how="left",
        maintain_order="left",
    ).with_columns(pl.col(*Contact).fill_null(""), pl.col(HAS_CONTACT).fill_null(value=False))
    return _reached(layout, joined, _written(fields, joined, layout.is_parquet))


def _reached(layout: Layout, joined: pl.DataFrame, written: pl.DataFrame) -> Rows:
    """The rows by which the layout reaches somebody, each once."""
    unusable = {
        field.heading: count
        for field in layout.by_contact
        if field.form and (count := _lost(joined[field.column], written[field.heading]))
    }
    if layout.whole:
        complete = _complete(layout.whole)
        written = written.with_columns(pl.when(complete).then(pl.col(layout.whole)).otherwise(pl.lit("")))
    reaches = pl.any_horizontal(_complete(group) for group in layout.reaches)
    reached = written.filter(reaches)
    once = reached.unique(maintain_order=True)
    missing = joined.height - int(joined[HAS_CONTACT].sum())
    without = int(written.filter(~joined[HAS_CONTACT]).select((~reaches).sum()).item())
    return Rows(
        once.with_columns(pl.col(pl.String).replace("", None)),
        without_contact=missing,
        unreachable=written.height - reached.height - without,
        repeated=reached.height - once.height,
        unusable=unusable,
    )


def _complete(headings: tuple[str, ...]) -> pl.Expr:
    return pl.all_horizontal(pl.col(heading) != "" for heading in headings)


def _lost(before: pl.Series, after: pl.Series) -> int:
    return int(((before.str.strip_chars() != "") & (after == "")).sum())


def _written(fields: tuple[Field, ...], rows: pl.DataFrame, is_parquet: bool) -> pl.DataFrame:
    batches = [_batch(fields, batch, is_parquet) for batch in rows.iter_slices(_BATCH)]
    return pl.concat(batches) if batches else _batch(fields, rows, is_parquet)


def _batch(fields: tuple[Field, ...], rows: pl.DataFrame, is_parquet: bool) -> pl.DataFrame:
    columns = {field.heading: _column(field, rows) for field in fields}
    if not is_parquet:
        texts = {field.heading for field in fields if field.cell is Cell.TEXT}
        columns = {heading: disarmed(column) if heading in texts else column for heading, column in columns.items()}
    return pl.DataFrame(columns)


def _column(field: Field, rows: pl.DataFrame) -> pl.Series:
    values = rows[field.column]
    if field.form is None:
        return values.alias(field.heading)
    form, countries = field.form, rows[Contact.COUNTRY]
    texts = [form(text, country) if text else "" for text, country in zip(values, countries, strict=True)]
    hashed = [sha256_hex(text) if text else "" for text in texts] if field.is_hashed else texts
    return pl.Series(field.heading, hashed, dtype=pl.String)


def _refuse_formulas(members: pl.DataFrame) -> None:
    if count := running_ids(members[Col.user_id]):
        raise ExportRefused(
            f"{count} ids of members",
            expected="ids that no spreadsheet runs as a formula, because a CSV may be opened in one",
            found="ids that begin as a formula does (=, +, -, @, a tab) and could call a function",
            remedy="Give --to parquet, or land the shop's events with other ids",
        )
