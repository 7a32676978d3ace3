"""Which published audience is meant, and whether it may leave the platform."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER
from ml.errors import ExportRefused
from ml.publish.readers import published_version, table_of
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Col

MAX_AGE_DAYS: Final = 2
"""A day's tables are for use on the next one, so this allows for one night that failed."""
_SHOWN: Final = 3


@dataclass(frozen=True)
class Chosen:
    """An audience of a published version.

    Attributes:
        row: of the table ``audience``.
        age: days since its day, by the shop's clock; one on the morning after.
    """

    version: Version
    row: dict[str, Any]
    age: int

    @property
    def audience_id(self) -> str:
        """Its id."""
        return str(self.row[Aud.audience_id])


def choose(settings: Settings, name: str, as_of: date | None = None) -> Chosen:
    """The audience of that id, or whose only name that is, in the version that readers get or that of a day.

    Raises:
        NotPublished: the day isn't published.
        ExportRefused: there is no such audience.
    """
    version = published_version(settings, AUDIENCES, as_of)
    known = table_of(AUDIENCES, version, AUDIENCE.name)
    found = known.filter(pl.col(Aud.audience_id) == name)
    if found.is_empty():
        found = known.filter((pl.col(Aud.name_en).str.to_lowercase() == name.lower()) | (pl.col(Aud.name_zh) == name))
    if found.height != 1:
        raise _unknown(name, known[Aud.audience_id].to_list(), found.height)
    return Chosen(version, found.row(0, named=True), (datetime.now(settings.zone).date() - version.as_of).days)


def refuse_withheld(chosen: Chosen) -> None:
    """Whether its members are published at all.

    Raises:
        ExportRefused: they are not, with the reason.
    """
    if reason := chosen.row[Aud.withheld]:
        raise ExportRefused(
            f"audience {chosen.audience_id} as of {chosen.version.as_of}",
            expected="an audience whose members are published",
            found=f"withheld: {reason}",
            remedy="See: shelduck audience list",
        )


def staleness(chosen: Chosen, max_age: int, changed: Sequence[str]) -> ExportRefused | None:
    """Why it should not be exported any more: its day is long ago, or landing files that it was made from changed.

    Args:
        changed: landing partitions that are new, changed or gone since it was made: perhaps a consent.
    """
    day, subject = chosen.version.as_of, f"audience {chosen.audience_id}"
    if chosen.age > max_age:
        return ExportRefused(
            subject,
            expected=f"a day at most {max_age} days ago",
            found=f"{day}, {chosen.age} days ago",
            remedy="Run the newest closed day, or add --stale-ok to export this one",
        )
    if changed:
        return ExportRefused(
            subject,
            expected=f"the landing files that {day} was made from",
            found=f"others: {', '.join(changed[:_SHOWN])}{' and more' if len(changed) > _SHOWN else ''}",
            remedy=f"Run: shelduck run --as-of {day}; or add --stale-ok to export it as it is",
        )
    return None


def members_of(chosen: Chosen) -> pl.DataFrame:
    """A row per member: id, score, reasons, sorted by id; those who left are not among them."""
    rows = table_of(
        AUDIENCES,
        chosen.version,
        AUDIENCE_MEMBER.name,
        (pl.col(Aud.audience_id) == chosen.audience_id) & pl.col(Aud.is_member),
    )
    return rows.select(
        Aud.audience_id,
        pl.lit(chosen.version.as_of).alias(Col.as_of_date),
        *(Col.user_id, Col.score, Aud.reason_en, Aud.reason_zh),
    )


def _unknown(name: str, known: list[str], found: int) -> ExportRefused:
    near = difflib.get_close_matches(name, known, n=3)
    return ExportRefused(
        f"audience {name[:200]}",
        expected=f"one of {', '.join(near or known[:10])}" if known else "an audience that is published",
        found=f"{found} audiences of that name; give the id" if found else "none of that name",
        remedy="See: shelduck audience list",
    )
