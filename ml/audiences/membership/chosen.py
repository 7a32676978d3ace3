"""What chooses the members of an audience, whatever its kind; and those whom a condition chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Final, Protocol

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.evidence import Evidence
from ml.audiences.conditions.terms import Function
from ml.audiences.membership.definitions import Definition
from ml.audiences.shoppers import TODAY
from ml.errors import NotPublished
from ml.tables import Col

SCORED: Final = {Col.user_id: pl.String, Col.score: pl.Float64}
REASONED: Final = {Col.user_id: pl.String, Aud.reason_en: pl.String, Aud.reason_zh: pl.String}


class Chosen(Protocol):
    """Whom a definition fits, consent and minimum size aside.

    Attributes:
        definition: of the audience.
        withheld: why it has no members; empty where it may have some.
    """

    @property
    def definition(self) -> Definition: ...

    @property
    def withheld(self) -> str: ...

    def fits(self, days: int) -> pl.DataFrame | None:
        """``user_id`` and ``score`` of whom it fitted ``days`` before D; None where that is not known."""
        ...

    def reasons(self, users: pl.Series) -> pl.DataFrame:
        """``user_id``, ``reason_en`` and ``reason_zh``: why it fits each of ``users`` on D, or does not."""
        ...

    @property
    def asked(self) -> frozenset[str]:
        """Columns, tags and segments that the definition names: as traits of its members they tell nothing."""
        ...


@dataclass(frozen=True, eq=False)
class Refused:
    """Nobody: the definition cannot be used, and ``withheld`` says why."""

    definition: Definition
    withheld: str
    asked: frozenset[str] = frozenset()

    def fits(self, days: int) -> pl.DataFrame | None:
        """Nobody on D; nothing is known of before."""
        return pl.DataFrame(schema=SCORED) if days == TODAY else None

    def reasons(self, users: pl.Series) -> pl.DataFrame:
        """None, of nobody."""
        return pl.DataFrame({Col.user_id: users, Aud.reason_en: None, Aud.reason_zh: None}, schema=REASONED)


@dataclass(frozen=True, eq=False)
class ByCondition:
    """Those of whom a condition holds.

    Attributes:
        shoppers: by number of days before D, ``user_id`` and the columns that conditions may name.
        evidence: by number of days before D, what answers functions.
    """

    definition: Definition
    condition: Condition
    shoppers: Mapping[int, pl.DataFrame]
    evidence: Mapping[int, Evidence]
    withheld: str = ""

    def fits(self, days: int) -> pl.DataFrame | None:
        """See ``Chosen``; unknown where a function has no past, or the shop had none."""
        if days not in self.shoppers:
            return None
        try:
            prepared = self._today if days == TODAY else self._prepared(days)
        except NotPublished:
            if days == TODAY:
                raise
            return None
        held = prepared.filter(self.condition.expression())
        return held.select(Col.user_id, pl.lit(None, pl.Float64).alias(Col.score))

    def reasons(self, users: pl.Series) -> pl.DataFrame:
        """The terms that hold, or do not, with their values."""
        return self._today.filter(pl.col(Col.user_id).is_in(users.implode())).select(
            Col.user_id,
            self.condition.reason("en").alias(Aud.reason_en),
            self.condition.reason("zh").alias(Aud.reason_zh),
        )

    @cached_property
    def asked(self) -> frozenset[str]:
        """The columns, tags and segments that the condition names."""
        asked = (Function.TAG, Function.SEGMENT, Function.RFM, Function.STAGE)
        return frozenset(self.condition.columns).union(*(self.condition.subjects(function) for function in asked))

    @cached_property
    def _today(self) -> pl.DataFrame:
        return self._prepared(TODAY)

    def _prepared(self, days: int) -> pl.DataFrame:
        read = self.shoppers[days].select(Col.user_id, *self.condition.columns)
        return self.condition.prepared(read, self.evidence[days])


def top_of(share: float, shoppers: int) -> int:
    """How many shoppers a share is, rounded up; 7 of 100 are 7, whatever .07 * 100 is in binary."""
    return ceil(round(share * shoppers, 6))


def allowed(among: Chosen | None, days: int) -> pl.Series | None:
    """``user_id`` of those whom the condition of an affinity audience or of look-alikes allows."""
    fits = among.fits(days) if among else None
    return None if fits is None else fits[Col.user_id]
