"""Tables that restrict fail closed: a refused row stops a day until its key is accepted later, or waived.

A shop that excludes an item, or a shopper who withdraws a consent, must not be overheard because of a spelling. So
of the landed rows alone it follows whether a day may be published: a refusal that arrived up to the day is settled

- by a row with its key that was accepted up to the day and arrived after it (or the same day in another file), or
- by a waiver that arrived up to the day and not before it, and names the row's key or its file.

A row whose key could not be read, and a file refused whole, have the file's name as their key: only a mended file,
or a waiver, settles them.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from ml.errors import BuildFailed, RestrictionRefused
from ml.warehouse.connection import Connection, MissingTable
from ml.warehouse.refused import REPEATED_KEY

REASON: Final = "REASON"
"""What stands for the reason in a command that is shown; nobody's reason."""
_SHOWN: Final = 3
_REFUSALS: Final = """
    create or replace temp table open_refusal as
    select * from raw.restricting_refusal where arrival_date <= ?
"""
_SETTLED: Final = f"""
    select refusal.table_name, refusal.key, refusal.file, refusal.row_number, refusal.reason, refusal.arrival_date,
        waiver.key, waiver.who, waiver.why, waiver._arrival_date
    from open_refusal as refusal
    left join raw.waivers as waiver
        on waiver.table_name = refusal.table_name and waiver.key in (refusal.key, refusal.file)
        and waiver._arrival_date between refusal.arrival_date and $as_of
    where not exists (
        select 1 from accepted
        where accepted.table_name = refusal.table_name and accepted.key = refusal.key
            and (accepted.arrival_date > refusal.arrival_date
                or (accepted.arrival_date = refusal.arrival_date and accepted.file <> refusal.file
                    and refusal.value_class <> '{REPEATED_KEY}'))
    )
    qualify row_number() over (
        partition by refusal.table_name, refusal.file, refusal.row_number, refusal.arrival_date
        order by waiver._arrival_date nulls last, waiver.key
    ) = 1
    order by refusal.arrival_date, refusal.table_name, refusal.file, refusal.row_number nulls first
"""


@dataclass(frozen=True)
class Refusal:
    """A refused row of a table that restricts, which no later row settles; ``row`` is None for a whole file."""

    table: str
    key: str
    file: str
    row: int | None
    reason: str
    arrival: date

    def told(self) -> str:
        """Where it lies and why it was refused; holds no value but the key."""
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}{'' if self.key == self.file else f', key {self.key}'}: {self.reason}"


@dataclass(frozen=True)
class Waiver:
    """A decision to do without refused rows, as it landed."""

    table: str
    key: str
    who: str
    why: str
    arrival: date

    def record(self) -> dict[str, Any]:
        """For the slice and the manifest."""
        return {**asdict(self), "arrival": self.arrival.isoformat()}


@dataclass(frozen=True)
class Restrictions:
    """As of a day: refusals that stop it, and the waivers that let it pass."""

    as_of: date
    refused: tuple[Refusal, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def of(self, tables: Collection[str]) -> Restrictions:
        """Those of some landing tables."""
        return replace(self, refused=tuple(refusal for refusal in self.refused if refusal.table in tables))

    def require_settled(self) -> None:
        """Stop a day that would be published without a restriction.

        Raises:
            RestrictionRefused: says which row of which file, and the two ways out.
        """
        if not self.refused:
            return
        first = self.refused[0]
        shown = "; ".join(refusal.told() for refusal in self.refused[:_SHOWN])
        more = len(self.refused) - _SHOWN
        commands = [waive_command(refusal, self.as_of) for refusal in self.refused[:_SHOWN]]
        raise RestrictionRefused(
            f"{', '.join(dict.fromkeys(refusal.table for refusal in self.refused))} as of {self.as_of}",
            expected="no refused row in a table that restricts, unless accepted later or waived",
            found=f"{len(self.refused)} refused: {shown}" + (f"; and {more} more" if more > 0 else ""),
            remedy=f"Mend {first.file}, or land the row again with the same key by {self.as_of}, then run: "
            f"shelduck run --as-of {self.as_of}. To do without it, run first: {'; '.join(dict.fromkeys(commands))}",
        )


def restrictions(connection: Connection, as_of: date) -> Restrictions:
    """What of the tables that restrict was refused up to ``as_of`` and is not settled, from landed rows alone.

    Raises:
        BuildFailed: nothing was ever loaded.
    """
    try:
        connection.execute(_REFUSALS, [as_of])
        if not connection.execute("select 1 from open_refusal limit 1").fetchall():
            return Restrictions(as_of)
        connection.execute(
            "create or replace temp table accepted as select distinct table_name, key, arrival_date, file "
            "from raw.restricting_key where arrival_date <= ? and key in (select key from open_refusal)",
            [as_of],
        )
        rows = connection.execute(_SETTLED, {"as_of": as_of}).fetchall()
    except MissingTable as missing:
        raise BuildFailed(
            "raw.restricting_refusal",
            expected="a warehouse loaded by this version",
            found="no such view",
            remedy=f"Run: shelduck land --as-of {as_of}",
        ) from missing
    refused = tuple(Refusal(*row[:6]) for row in rows if row[6] is None)
    waivers = {Waiver(row[0], *row[6:]) for row in rows if row[6] is not None}
    return Restrictions(as_of, refused, tuple(sorted(waivers, key=lambda each: (each.arrival, each.table, each.key))))


def waive_command(refusal: Refusal, as_of: date) -> str:
    """What lands a waiver of a refusal, to be pasted into a shell; the reason is for the person to fill in."""
    end = "-- " if refusal.key.startswith("-") else ""
    return f"shelduck waive --why {REASON} --as-of {as_of} {end}{refusal.table} {shlex.quote(refusal.key)}"
