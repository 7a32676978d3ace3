"""Whom a brief is written for, and the products that stand on their lists."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import polars as pl

from ml.copy.columns import Copy
from ml.copy.sheets.briefs import Brief
from ml.day import Day
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT

MARKETING: Final = "marketing"
_ASSUMED: Final = "assumed"
LEAST_SHOPPERS: Final = 2
"""On whose lists a product stands before a text names it: what one shopper alone is recommended tells of that one."""
_SHOPPERS: Final = "shoppers"
_IS_MEMBER: Final = "is_member"
_PLACE: Final = "place"


class Readers:
    """Members of the day's audiences whom the day's consents let be written to, and their recommendations."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._chosen: dict[tuple[str | None, str], tuple[str, ...]] = {}

    def refused(self, brief: Brief) -> str:
        """Why a brief's audience cannot be written to, and what to do; empty where it can."""
        if brief.audience_id is None:
            return "" if len(self._everybody) else "Nobody may be written to: land consents for the purpose marketing."
        if brief.audience_id not in self._audiences:
            return (
                f"The audience {brief.audience_id} is not published: correct audience_id in copy_briefs, "
                "or land the audience."
            )
        withheld = self._audiences[brief.audience_id]
        if withheld:
            return f"The audience {brief.audience_id} is withheld ({withheld}): choose a larger one."
        if not self.size(brief):
            return f"Nobody in the audience {brief.audience_id} may be written to: land their consents."
        return ""

    def members(self, brief: Brief) -> pl.Series:
        """Ids of the shoppers whom a brief is written for, sorted."""
        if brief.audience_id is None:
            return self._everybody
        return self._members.filter(pl.col(Copy.audience_id) == brief.audience_id)[Col.user_id].sort()

    def size(self, brief: Brief) -> int:
        """How many they are."""
        return len(self._everybody) if brief.audience_id is None else self._sizes.get(brief.audience_id, 0)

    def products(self, brief: Brief) -> tuple[str, ...]:
        """The products of a placement that stand on most of their lists, then highest, then by id."""
        key = (brief.audience_id, brief.placement)
        if key not in self._chosen:
            listed = self.lists.filter(pl.col(Col.placement) == brief.placement)
            if brief.audience_id is not None:
                listed = listed.filter(pl.col(Col.user_id).is_in(self.members(brief).implode()))
            counted = (
                listed.group_by(Col.item_id)
                .agg(pl.col(Col.user_id).n_unique().alias(_SHOPPERS), pl.col(Col.rank).sum().alias(_PLACE))
                .filter(pl.col(_SHOPPERS) >= LEAST_SHOPPERS)
                # the mean place without a division: of as many lists, the lower sum
                .sort(pl.col(_SHOPPERS), pl.col(_PLACE), Col.item_id, descending=[True, False, False])
            )
            self._chosen[key] = tuple(counted[Col.item_id])
        return self._chosen[key]

    @cached_property
    def lists(self) -> pl.DataFrame:
        """Every shopper's lists: ``placement``, ``user_id``, ``rank``, ``item_id``."""
        columns = [Col.placement, Col.user_id, Col.rank, Col.item_id]
        return self._day.scan_published("recommend", "recommendation").select(columns).collect()

    @cached_property
    def _audiences(self) -> dict[str, str]:
        table = self._day.published("audiences", "audience")
        return dict(table.select(Copy.audience_id, Copy.withheld).iter_rows())

    @cached_property
    def _members(self) -> pl.DataFrame:
        """Members of today: an audience may have been published before a shopper took their consent back."""
        table = self._day.scan_published("audiences", "audience_member").filter(pl.col(_IS_MEMBER))
        members = table.select(Copy.audience_id, Col.user_id).collect()
        purposes = self._day.published("audiences", "audience").select(Copy.audience_id, Col.purpose)
        given = self._given(members.join(purposes, on=Copy.audience_id), [Col.user_id, Col.purpose], self._words)
        return given.join(self._said_no, on=Col.user_id, how="anti").select(Copy.audience_id, Col.user_id)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return dict(self._members.group_by(Copy.audience_id).len().iter_rows())

    @cached_property
    def _everybody(self) -> pl.Series:
        """Shoppers with a list whose last word on marketing allows it."""
        shoppers = self.lists.select(Col.user_id).unique()
        words = self._words.filter(pl.col(Col.purpose) == MARKETING)
        return self._given(shoppers, [Col.user_id], words)[Col.user_id].sort()

    @cached_property
    def _words(self) -> pl.DataFrame:
        return self._day.table(DIM_CONSENT)

    @cached_property
    def _said_no(self) -> pl.DataFrame:
        """Who refused marketing: no other purpose of an audience lets them be written to."""
        return self._words.filter((pl.col(Col.purpose) == MARKETING) & ~pl.col(Col.is_granted)).select(Col.user_id)

    def _given(self, rows: pl.DataFrame, key: list[str], words: pl.DataFrame) -> pl.DataFrame:
        """Those of ``rows`` with a grant; where consent is assumed, those without a refusal."""
        if self._day.settings.consent == _ASSUMED:
            return rows.join(words.filter(~pl.col(Col.is_granted)), on=key, how="anti")
        return rows.join(words.filter(pl.col(Col.is_granted)), on=key, how="semi")
