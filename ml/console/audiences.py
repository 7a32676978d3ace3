"""What ``shelduck audience`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Consent
from ml.audiences.export.export import Exported
from ml.audiences.outputs import AUDIENCE
from ml.publish.readers import published_version, table_of
from ml.settings import Settings
from ml.tables import Col

_UNKNOWN = "–"


def show_audiences(settings: Settings, console: Console, as_of: date | None = None) -> None:
    """A line per audience of a version; of one that is withheld, why.

    Raises:
        NotPublished: the day isn't published.
    """
    version = published_version(settings, AUDIENCES, as_of)
    rows = table_of(AUDIENCES, version, AUDIENCE.name)
    console.print(f"audiences as of {version.as_of}", style="bold", highlight=False)
    if rows.is_empty():
        console.print("none is defined: docs/audiences.md")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("audience", "name", "members", "since D-1", "since D-7", "consent", "withheld"):
        table.add_column(heading, justify="right" if heading in ("members", "since D-1", "since D-7") else "left")
    for row in rows.iter_rows(named=True):
        table.add_row(*_cells(row, Aud.name_zh if settings.language == "zh" else Aud.name_en))
    console.print(table, highlight=False)


def show_export(console: Console, exported: Exported) -> None:
    """Where the file is, what it holds, and who is missing in it."""
    for line in _told(exported):
        console.print(line, soft_wrap=True, highlight=False)


def _told(exported: Exported) -> Iterator[str]:
    entry, rows, row = exported.entry, exported.rows, exported.chosen.row
    age = ", older than exports may be" if entry.was_stale else ""
    yield f"{entry.audience} as of {entry.as_of_date}: {entry.members:,} members{age}"
    yield _consent(row)
    if entry.with_contacts:
        yield (
            f"contacts: {rows.without_contact:,} members have none, {rows.unreachable:,} have none that "
            f"{entry.layout} uses, {exported.repeated_contacts:,} have several rows (the first counts), "
            f"{rows.repeated:,} share all of theirs with another member"
        )
        unusable = ", ".join(f"{heading} {count:,}" for heading, count in (rows.unusable or {}).items())
        yield f"not usable and left empty: {unusable or 'nothing'}"
    yield f"wrote {entry.file}: {entry.rows:,} rows, sha256 {entry.sha256}"
    if exported.layout.says:
        yield f"note: {exported.layout.says}"


def _consent(row: dict[str, Any]) -> str:
    if row[Aud.consent] == Consent.ASSUMED:
        return f"consent for {row[Col.purpose]}: assumed, because this shop lands none (SHELDUCK_CONSENT=assumed)"
    return f"consent for {row[Col.purpose]}: granted by every member; {row[Aud.without_consent]:,} others have not"


def _cells(row: dict[str, Any], name: str) -> list[str]:
    return [
        row[Aud.audience_id],
        row[name] or "",
        _UNKNOWN if row[Aud.size] is None else f"{row[Aud.size]:,}",
        _change(row[Aud.joined_1d], row[Aud.left_1d]),
        _change(row[Aud.joined_7d], row[Aud.left_7d]),
        f"{row[Aud.consent]} for {row[Col.purpose]}",
        row[Aud.withheld] or "",
    ]


def _change(joined: int | None, left: int | None) -> str:
    return _UNKNOWN if joined is None or left is None else f"+{joined:,} -{left:,}"
