"""How far an item came that is not on a shelf: the first step of the ranking that it did not pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ml.recommend.core.base import FILL
from ml.recommend.core.explanation import Explanation
from ml.recommend.passport.ranked import Ranked
from ml.recommend.passport.words import Step
from ml.recommend.rules.eligibility import concerns, eligible
from ml.recommend.rules.rule_set import Rule
from ml.rule_types import RuleType
from ml.tables import Col


@dataclass(frozen=True)
class Fallen:
    """Where an item fell out.

    Attributes:
        rank: in that step, from 1; None where it has none.
        most: so many pass the step.
        rules: ids of the rules that kept it away.
        explanation: what the recommender says of it, where it was asked.
    """

    step: Step
    rank: int | None = None
    most: int | None = None
    rules: tuple[str, ...] = ()
    explanation: Explanation | None = None


def fallen(ranked: Ranked, item_id: str) -> Fallen:
    """The step at which an item fell out that is not among the shelf's rows."""
    row = ranked.scoring.catalogue.filter(pl.col(Col.item_id) == item_id)
    if row.is_empty():
        return Fallen("unknown_item")
    if not row[Col.is_recommendable][0]:
        return Fallen("not_recommendable")
    if refused := _filtered(ranked, item_id):
        return Fallen(refused)
    if item_id not in ranked.offer.items.vocabulary.ids:
        return Fallen("ruled_out", rules=tuple(rule.rule_id for rule in _excluding(ranked, row)))
    explanation = ranked.explain(item_id)
    return _unranked(ranked, item_id, explanation or Explanation())


def _filtered(ranked: Ranked, item_id: str) -> Step | None:
    """Which of the shelf's own terms the item does not meet."""
    request, placement = ranked.request, ranked.placement
    pair = (pl.col(Col.user_id) == ranked.user_id) & (pl.col(Col.item_id) == item_id)
    column = int(request.items.vocabulary.codes([item_id])[0])
    bought = request.seen[0, column] > 0
    if len(request.history.disliked.filter(pair)):
        return "disliked"
    if placement.exclude_seen and bought:
        return "already_bought"
    if placement.only_seen and not bought:
        return "never_bought"
    if request.among is not None and request.among.filter(pair).is_empty():
        return "not_due"
    return None


def _excluding(ranked: Ranked, row: pl.DataFrame) -> Iterator[Rule]:
    """The rules that each take the item away before the ranking."""
    for rule in ranked.rule_set.on(ranked.placement.name):
        lacks_consent = (
            rule.rule_type == RuleType.consent and (ranked.user_id, rule.purpose) not in ranked.rule_set.given
        )
        if lacks_consent and len(row.filter(concerns(rule, row))):
            yield rule
        if eligible([rule], row).is_empty():
            yield rule


def _unranked(ranked: Ranked, item_id: str, explanation: Explanation) -> Fallen:
    """What kept an item that could be ranked off the shelf."""
    if explanation.step in ("not_proposed", "pruned"):
        step: Step = "pruned" if explanation.step == "pruned" else "not_proposed"
        return Fallen(step, explanation.rank, explanation.most, explanation=explanation)
    k, rank, source = ranked.request.k, ranked.rank(item_id), ""
    if rank is None and explanation.step == "ranked":
        rank = explanation.rank
    elif rank is None:
        rank, source = ranked.place(item_id) or (None, FILL)
    is_filler = source == FILL and ranked.observed.recommender.name != FILL and explanation.step != "newcomer"
    if rank is None or (is_filler and rank > k):
        return Fallen("no_opinion", rank, k, explanation=explanation)
    if rank > k:
        return Fallen("ranked_below", rank, k, explanation=explanation)
    return Fallen("moved_out", rank, k, tuple(_moving(ranked, item_id)), explanation)


def _moving(ranked: Ranked, item_id: str) -> Iterator[str]:
    """The rules without each of which the item would stand on the shelf; all that act on the shelf if none does."""
    acting = [rule.rule_id for rule in ranked.rule_set.on(ranked.placement.name)]
    alone = [rule_id for rule_id in acting if item_id in ranked.without(rule_id)[Col.item_id]]
    yield from alone or sorted({*ranked.rows[Col.rules_applied].explode().drop_nulls()}) or acting
