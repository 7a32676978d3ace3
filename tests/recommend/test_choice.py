"""Which recipe a placement gets."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.recommend.choice import METRIC, Choice, choose, paired_difference
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.recommend.policy import PLACEMENTS, RULE_BASED_RECIPES, Policy, rule_based_policy
from ml.tables import Col

FOR_YOU = PLACEMENTS[0]


def _judged(**scores: list[float]) -> dict[str, Evaluation]:
    def one(name: str, values: list[float]) -> Evaluation:
        frame = pl.DataFrame({Col.user_id: [str(number) for number in range(len(values))], METRIC: values})
        judged = {setting: Judged(setting, frame, {}) for setting in ("all", "new")}
        return Evaluation(name, {}, judged, {})

    return {name: one(name, values) for name, values in scores.items()}


def test_without_an_incumbent_the_best_recipe_is_chosen() -> None:
    chosen = choose(FOR_YOU, _judged(weak=[0.1, 0.2], strong=[0.3, 0.4]), None)
    assert (chosen.recipe, chosen.score) == ("strong", pytest.approx(0.35))
    assert "no incumbent" in chosen.why


def test_an_incumbent_stays_when_another_is_better_by_chance_only() -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, 200)
    judged = _judged(incumbent=[0.3] * 200, lucky=list(0.301 + noise - noise.mean()))
    chosen = choose(FOR_YOU, judged, "incumbent")
    assert chosen.recipe == "incumbent"
    assert chosen.low is not None and chosen.low < 0 < (chosen.gain or 0)


def test_an_incumbent_gives_way_to_a_significant_win() -> None:
    chosen = choose(FOR_YOU, _judged(incumbent=[0.3, 0.2] * 50, better=[0.4, 0.3] * 50), "incumbent")
    assert chosen.recipe == "better"
    assert chosen.low == pytest.approx(0.1)
    assert "better beats incumbent by 0.1000" in chosen.why


def test_the_incumbent_refreshed_needs_no_win() -> None:
    chosen = choose(FOR_YOU, _judged(incumbent=[0.4], other=[0.1]), "incumbent")
    assert chosen.recipe == "incumbent" and "refreshed" in chosen.why


def test_evidence_tells_the_whole_choice() -> None:
    chosen = choose(FOR_YOU, _judged(a=[0.1, 0.5], b=[0.3, 0.4]), "a")
    assert Choice.of(chosen.evidence) == chosen


def test_the_interval_of_a_constant_difference_is_that_difference() -> None:
    scores = np.linspace(0, 1, 50)
    assert paired_difference(scores + 0.25, scores) == pytest.approx((0.25, 0.25, 0.25))
    assert paired_difference(np.empty(0), np.empty(0)) == (0.0, 0.0, 0.0)


def test_a_policy_is_named_by_its_content() -> None:
    rules = rule_based_policy()
    assert rules.policy_id == rule_based_policy().policy_id
    others = {
        Policy("shelf", "", RULE_BASED_RECIPES).policy_id,
        Policy("rules", "other files", RULE_BASED_RECIPES).policy_id,
        Policy("rules", "", {**RULE_BASED_RECIPES, "discover": "als"}).policy_id,
        Policy("rules", "", RULE_BASED_RECIPES, mode="explore").policy_id,
    }
    assert len(others | {rules.policy_id}) == 5


def test_the_policy_table_has_a_row_per_placement() -> None:
    table = rule_based_policy().table()
    assert dict(table.select(Col.placement, Col.recipe).iter_rows()) == RULE_BASED_RECIPES
    assert table[Col.policy_id].unique().to_list() == [rule_based_policy().policy_id]
