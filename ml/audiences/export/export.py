"""Exports an audience: choose, refuse, join, lay out, write and log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.export.audit import Entry
from ml.audiences.export.chosen import MAX_AGE_DAYS, Chosen, choose, members_of, refuse_withheld, staleness
from ml.audiences.export.contacts import Contacts, ShopId, read_contacts
from ml.audiences.export.hashing import sha256_hex
from ml.audiences.export.layouts import LAYOUTS, Layout
from ml.audiences.export.rows import Rows, laid_out
from ml.audiences.export.write import explained, write_export
from ml.errors import ExportRefused
from ml.owners import operator
from ml.settings import Settings
from ml.tables import Col

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Request:
    """What to export.

    Attributes:
        audience: its id or name.
        layout: a key of ``LAYOUTS``.
        as_of: a published day; None: what readers get.
        contacts: a contact file; None: by the shop's own ids.
        country: of contacts that name none, two letters.
        out: a new file, or a folder; None: in the data home's ``exports``.
        shop_id: how this shop names shoppers of whom it knows an address alone; None where it knows ids.
        max_age: days that its day may be ago.
        changed: of a day, the landing partitions that changed since it was published.
        stale_ok: whether a day that is older, or of other landing files, is meant.
    """

    audience: str
    layout: str
    as_of: date | None = None
    contacts: Path | None = None
    country: str = ""
    out: Path | None = None
    shop_id: ShopId | None = None
    max_age: int = MAX_AGE_DAYS
    changed: Callable[[date], Sequence[str]] = lambda _: ()
    stale_ok: bool = False


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        chosen: the audience.
        entry: what the log says.
        rows: what the file holds and who is missing in it.
        repeated_contacts: members with several rows in the contact file.
    """

    chosen: Chosen
    layout: Layout
    entry: Entry
    rows: Rows
    repeated_contacts: int


def export_audience(settings: Settings, request: Request) -> Exported:
    """Write the members of an audience for another tool.

    Raises:
        NotPublished: the day isn't published.
        ExportRefused: there is no such audience, it may not be exported, nobody is left, or the place can't be written.
        ContactsRefused: the contact file can't be joined.
        WarehouseLocked: another export did not end in time.
        DiskFull: there is no room for the file.
    """
    layout, chosen = LAYOUTS[request.layout], choose(settings, request.audience, request.as_of)
    refuse_withheld(chosen)
    stale = staleness(chosen, request.max_age, request.changed(chosen.version.as_of))
    if stale and not request.stale_ok:
        raise stale
    target = _target(settings, request, chosen, layout)
    members = members_of(chosen)
    contacts = _contacts(request, members[Col.user_id])
    rows = laid_out(members, layout, contacts)
    if rows.frame.is_empty():
        raise _empty(chosen, layout)

    def entry(sha256: str) -> Entry:
        return Entry(
            who=operator(),
            audience=chosen.audience_id,
            version=chosen.version.id,
            as_of_date=chosen.version.as_of.isoformat(),
            purpose=chosen.row[Col.purpose] or "",
            consent=chosen.row[Aud.consent] or "",
            layout=layout.name,
            file=_shown(settings, target),
            members=members.height,
            rows=rows.frame.height,
            sha256=sha256,
            with_contacts=contacts is not None,
            was_stale=stale is not None,
        )

    written = write_export(settings, target, rows.frame, entry, f"export of {chosen.audience_id}")
    return Exported(chosen, layout, written, rows, contacts.repeated if contacts else 0)


def _contacts(request: Request, members: pl.Series) -> Contacts | None:
    if request.contacts is None:
        return None
    return read_contacts(request.contacts, members, request.country, request.shop_id)


def _target(settings: Settings, request: Request, chosen: Chosen, layout: Layout) -> Path:
    """Where the file goes. The default one is replaced; one that was asked for by name must be new."""
    joined = "-contacts" if request.contacts else ""
    name = f"{_file_name(chosen.audience_id)}-{chosen.version.id}-{layout.name}{joined}{layout.suffix}"
    if request.out is None:
        return settings.exports_dir / name
    with explained(request.out):
        target = request.out / name if request.out.is_dir() else request.out
        is_there = target.exists() or target.is_symlink()
        is_beside = _is_within(target, settings.home) and not _is_within(target, settings.exports_dir)
    if is_there:
        raise _place_refused(target, "a file that is not there yet", "one that is")
    if is_beside:
        raise _place_refused(target, "a place outside the data home, or its exports", "another folder of the home")
    if target.suffix != layout.suffix:
        raise _place_refused(target, f"a name that ends in {layout.suffix}", target.suffix or "none")
    return target


def _file_name(audience_id: str) -> str:
    """The audience's id where that is a plain file name; else what is left of it, and a hash that tells it apart."""
    if _PLAIN.fullmatch(audience_id):
        return audience_id
    return "-".join([*re.findall(r"[A-Za-z0-9_]+", audience_id[:100]), sha256_hex(audience_id)[:8]])


def _shown(settings: Settings, target: Path) -> str:
    """Logs hold no absolute paths."""
    home = settings.home.resolve()
    return target.resolve().relative_to(home).as_posix() if _is_within(target, home) else target.name


def _is_within(target: Path, folder: Path) -> bool:
    return target.resolve().is_relative_to(folder.resolve())


def _place_refused(target: Path, expected: str, found: str) -> ExportRefused:
    return ExportRefused(f"export {target.name}", expected=expected, found=found, remedy="Give another --out")


def _empty(chosen: Chosen, layout: Layout) -> ExportRefused:
    return ExportRefused(
        f"audience {chosen.audience_id} as of {chosen.version.as_of}",
        expected=f"members that {layout.name} could reach",
        found="none",
        remedy="See which contacts are needed in docs/how-to/export-audiences.md",
    )
