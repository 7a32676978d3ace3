"""Affinity audiences: the shoppers most likely to buy an item, a category or a brand; all of a day in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.membership.affinity import IS_SCORED, KIND, Market, affinities, items_of
from ml.audiences.membership.chosen import Chosen, Refused, allowed, top_of
from ml.audiences.membership.definitions import TOP_ITEMS, Definition
from ml.audiences.shoppers import TODAY
from ml.tables import Col
from ml.words import Words, said

_SCORED: Final = Words(
    "{} % likely to buy {} within {} days",
    "未来 {2} 天内购买{1}的概率为 {0}%",
)
_BY_HABIT: Final = Words(", by how often they have bought it", "（按以往购买频率）")
_COUNT: Final = "count"
_TOP_COLUMNS: Final = ((Col.item_category2, "top_subcategory_1"), (Col.item_category, "top_category_1"))
"""Columns of the catalogue and of the profile by which the most popular kind is found, the finer first."""


@dataclass(frozen=True, eq=False)
class ByAffinity:
    """The shoppers most likely to buy.

    Attributes:
        ranked: ``user_id``, ``score``, ``is_scored`` of the share taken, most likely first.
        horizon: days ahead that scores are about.
    """

    definition: Definition
    ranked: pl.DataFrame
    horizon: int
    withheld: str = ""
    asked: frozenset[str] = frozenset()

    def fits(self, days: int) -> pl.DataFrame | None:
        """Those of D; probabilities have no past."""
        return self.ranked.select(Col.user_id, Col.score) if days == TODAY else None

    def reasons(self, users: pl.Series) -> pl.DataFrame:
        """How likely, and by what."""
        found = self.ranked.filter(pl.col(Col.user_id).is_in(users.implode()))
        return found.select(
            Col.user_id,
            self._reason(_SCORED.en, "en").alias(Aud.reason_en),
            self._reason(_SCORED.zh, "zh").alias(Aud.reason_zh),
        )

    def _reason(self, words: str, language: str) -> pl.Expr:
        marked = words.format("\0", self.definition.item_value, self.horizon)
        before, after = marked.split("\0")
        percent = (100 * pl.col(Col.score)).round(1).cast(pl.String).str.strip_suffix(".0")
        habit = said(_BY_HABIT, "zh" if language == "zh" else "en")
        return pl.concat_str(
            pl.lit(before), percent, pl.lit(after), pl.when(IS_SCORED).then(pl.lit("")).otherwise(pl.lit(habit))
        )


def by_affinity(
    definitions: Sequence[Definition], market: Market, shoppers: pl.DataFrame, among: Mapping[str, Chosen]
) -> list[Chosen]:
    """Whom each affinity audience takes, in the order of ``definitions``.

    Args:
        shoppers: of D, ``user_id`` and the profile; ``top_share`` is a share of their number.
        among: by audience, whom its condition chooses.
    """
    about = [with_items(each, shoppers) for each in definitions]
    kinds = [(each.item_field, each.item_value) for each in about]
    sold = set(items_of(kinds, market.items)[KIND].to_list())
    ranked_all = affinities(kinds, market)
    found, nobody = ranked_all.partition_by(KIND, as_dict=True), ranked_all.clear()
    horizon, chosen = market.horizon(), list[Chosen]()
    for number, each in enumerate(about):
        if number not in sold:
            chosen.append(
                Refused(each, f"no item of the catalogue has {each.item_field} {each.item_value or 'at all'}")
            )
            continue
        ranked, only = found.get((number,), nobody), allowed(among.get(each.audience_id), TODAY)
        if only is not None:
            ranked = ranked.filter(pl.col(Col.user_id).is_in(only.implode()))
        chosen.append(ByAffinity(each, ranked.head(top_of(each.top_share, len(shoppers))), horizon))
    return chosen


def with_items(definition: Definition, shoppers: pl.DataFrame) -> Definition:
    """The definition about the items that it says, or about what most shoppers buy most of."""
    if definition.item_value != TOP_ITEMS:
        return definition
    for field, column in _TOP_COLUMNS:
        counted = shoppers[column].drop_nulls().value_counts(name=_COUNT).sort(_COUNT, column, descending=[True, False])
        if len(counted):
            return definition.about(field, str(counted[column][0]))
    return definition
