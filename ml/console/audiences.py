"""What ``shelduck audience`` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Consent
from ml.audiences.export.contacts import ShopId
from ml.audiences.export.export import Exported
from ml.audiences.outputs import AUDIENCE
from ml.errors import LandingError
from ml.landing.adapters.pseudonyms import KEY_FILE, Private, Pseudonyms
from ml.operations.calendar import Calendar
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
        console.print("none is defined; see: shelduck contract audiences")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("audience", "name", "members", "since D-1", "since D-7", "consent", "withheld"):
        table.add_column(heading, justify="right" if heading in ("members", "since D-1", "since D-7") else "left")
    for row in rows.iter_rows(named=True):
        table.add_row(*_cells(row, Aud.name_zh if settings.language == "zh" else Aud.name_en))
    console.print(table, highlight=False)


def changed_since(settings: Settings) -> Callable[[date], Sequence[str]]:
    """Of a published day, the landing partitions that are new, changed or gone since; none without a landing folder."""

    def changed(day: date) -> Sequence[str]:
        try:
            return Calendar(settings, AUDIENCES, with_runs=False).day(day).changed
        except LandingError:
            return ()

    return changed


def shop_id(settings: Settings) -> ShopId | None:
    """How shoppers of whom the shop knows an address alone are named; None where no source has such."""
    if not (settings.home / KEY_FILE).is_file():
        return None
    pseudonyms = Pseudonyms.of(settings)
    return lambda user, address: str(pseudonyms.user_id(user if user.strip() else Private(address)) or "")


def show_export(console: Console, exported: Exported) -> None:
    """Where the file is, what it holds, and who is missing in it."""
    for line in _told(exported):
        console.print(line, soft_wrap=True, highlight=False)


def _told(exported: Exported) -> Iterator[str]:
    entry, rows, row = exported.entry, exported.rows, exported.chosen.row
    age = ", stale and exported all the same" if entry.was_stale else ""
    yield f"{entry.audience} as of {entry.as_of_date}: {entry.members:,} members{age}"
    yield _consent(row)
    if entry.with_contacts:
        counted = (
            (rows.without_contact, "members have none"),
            (rows.unreachable, f"members have none that {entry.layout} uses"),
            (exported.repeated_contacts, "members have several rows, of which the first counts"),
            (rows.repeated, "members have the same as another, written once"),
        )
        told = ", ".join(f"{count:,} {what}" for count, what in counted if count)
        yield f"contacts: {told or 'every member has one row'}"
        unusable = ", ".join(f"{heading} {count:,}" for heading, count in (rows.unusable or {}).items())
        yield f"not usable and left empty: {unusable or 'nothing'}"
    yield f"wrote {entry.file}: {entry.rows:,} rows, sha256 {entry.sha256}"
    if exported.layout.says:
        yield f"note: {exported.layout.says}"


def _consent(row: dict[str, Any]) -> str:
    if row[Aud.consent] == Consent.ASSUMED:
        return f"consent for {row[Col.purpose]}: assumed, because this shop lands none (SHELDUCK_CONSENT=assumed)"
    others = "a few" if row[Aud.without_consent] is None else f"{row[Aud.without_consent]:,}"
    return f"consent for {row[Col.purpose]}: granted by every member; {others} others have not"


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
