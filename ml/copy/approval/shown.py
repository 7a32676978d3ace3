"""The briefs of a published day with their variants, as a person who decides on them sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

import polars as pl

from ml.copy.capability import COPY
from ml.copy.columns import Copy, Status
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_FACT, COPY_VARIANT
from ml.copy.request import PARTS
from ml.errors import DecisionRefused
from ml.publish.readers import published_version, table_of
from ml.settings import Settings
from ml.tables import Col

SHOWN_DIGITS: Final = 6
"""Of a variant's hash, enough to tell its texts from those that stood there before."""
_OF_VARIANT = (Copy.language, Copy.channel, Copy.arm)


@dataclass(frozen=True)
class Part:
    """A text of a variant.

    Attributes:
        reason: why it is not the text that was written first; empty where it is.
        model: the language model that wrote it; None where none did.
    """

    part: str
    text: str
    characters: int
    writer: str
    model: str | None
    reason: str


@dataclass(frozen=True)
class Refused:
    """A finding in a text that was written for a variant and is not published."""

    part: str
    writer: str
    rule: str
    found: str
    allowed: str


@dataclass(frozen=True)
class Fact:
    """A statement that the texts of a language may make, and the table and column that it comes from."""

    language: str
    kind: str
    value: str
    source: str


@dataclass(frozen=True)
class Variant:
    """One arm of a channel in one language.

    Attributes:
        variant_hash: hash of its texts, to which a decision is bound.
        refused: findings in texts that were written for it and are not published.
    """

    language: str
    channel: str
    arm: int
    status: str
    decided_by: str | None
    variant_hash: str
    parts: tuple[Part, ...]
    refused: tuple[Refused, ...] = ()

    @property
    def name(self) -> str:
        """How people name it: ``en/email/1``."""
        return f"{self.language}/{self.channel}/{self.arm}"

    @property
    def seen(self) -> str:
        """Its name with the texts that stand there now: ``en/email/1@0a1b2c``."""
        return f"{self.name}@{self.variant_hash[:SHOWN_DIGITS]}"

    @property
    def is_undecided(self) -> bool:
        """Whether nobody has approved or rejected these texts."""
        return self.status == Status.PROPOSED


@dataclass(frozen=True)
class ShownBrief:
    """A brief of a published day.

    Attributes:
        about: its row of ``copy_brief``.
    """

    as_of: date
    brief_id: str
    about: dict[str, Any]
    variants: tuple[Variant, ...]
    facts: tuple[Fact, ...]

    @property
    def undecided(self) -> tuple[Variant, ...]:
        """The variants on which nobody has decided."""
        return tuple(each for each in self.variants if each.is_undecided)

    def variant(self, name: str) -> Variant:
        """The variant of that name.

        Raises:
            DecisionRefused: there is none.
        """
        found = next((each for each in self.variants if each.name == name), None)
        if found is None:
            raise DecisionRefused(
                f"variant {name} of {self.brief_id}",
                expected=f"one of {', '.join(each.name for each in self.variants) or 'none: nothing was written'}",
                found=name,
                remedy="See the variants with: shelduck copy list",
            )
        return found


def shown_briefs(settings: Settings, as_of: date | None = None) -> list[ShownBrief]:
    """Every brief of a day, by its id; by default of the day that readers get.

    Raises:
        NotPublished: the day is not published.
    """
    version = published_version(settings, COPY, as_of)
    tables = {table.name: table_of(COPY, version, table.name) for table in (COPY_BRIEF, COPY_VARIANT, COPY_CHECK)}
    facts = table_of(COPY, version, COPY_FACT.name)
    return [
        ShownBrief(
            version.as_of,
            row[Copy.brief_id],
            row,
            tuple(_variants(*(_of(tables[table.name], row) for table in (COPY_VARIANT, COPY_CHECK)))),
            tuple(_fact(each) for each in _of(facts, row)),
        )
        for row in tables[COPY_BRIEF.name].iter_rows(named=True)
    ]


def shown_brief(settings: Settings, brief_id: str, as_of: date | None = None) -> ShownBrief:
    """One brief of a day.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: it has no such brief.
    """
    briefs = shown_briefs(settings, as_of)
    found = next((each for each in briefs if each.brief_id == brief_id), None)
    if found is None:
        raise DecisionRefused(
            f"brief {brief_id}",
            expected=f"one of {', '.join(each.brief_id for each in briefs) or 'none: no brief is switched on'}",
            found=brief_id,
            remedy="See the briefs with: shelduck copy list",
        )
    return found


def _of(table: pl.DataFrame, row: dict[str, Any]) -> list[dict[str, Any]]:
    return table.filter(pl.col(Copy.brief_id) == row[Copy.brief_id]).to_dicts()


def _variants(texts: Sequence[dict[str, Any]], checks: Sequence[dict[str, Any]]) -> Iterator[Variant]:
    for key, group in groupby(texts, key=_key):  # the table is sorted by its key
        rows = list(group)
        order = PARTS[rows[0][Copy.channel]]
        parts = sorted((_part(row) for row in rows), key=lambda part: order.index(part.part))
        refused = tuple(_refused(row) for row in checks if _key(row) == key)
        first = rows[0]
        yield Variant(*key, first[Copy.status], first[Copy.decided_by], first[Copy.variant_hash], tuple(parts), refused)


def _key(row: dict[str, Any]) -> tuple[str, str, int]:
    language, channel, arm = (row[column] for column in _OF_VARIANT)
    return language, channel, arm


def _part(row: dict[str, Any]) -> Part:
    return Part(
        row[Copy.part],
        row[Copy.text],
        row[Copy.characters],
        row[Copy.writer],
        row[Copy.model],
        row[Copy.reason] or "",
    )


def _refused(row: dict[str, Any]) -> Refused:
    return Refused(row[Copy.part], row[Copy.writer], row[Copy.rule], row[Copy.found] or "", row[Copy.allowed] or "")


def _fact(row: dict[str, Any]) -> Fact:
    about = f" ({row[Col.item_id]})" if row[Col.item_id] else ""
    return Fact(row[Copy.language], f"{row[Copy.kind]}{about}", row[Copy.value], row[Copy.source])
