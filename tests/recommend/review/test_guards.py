"""A guard-rail breaks where a candidate is worse beyond chance and beyond what the settings allow, and only there."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.groups import ACTIVITY, SEGMENT
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.recommend.evaluation.settings import COLD
from ml.recommend.review.guards import exposure_guards, holm, quality_guards
from ml.recommend.review.paired import COVERAGE, EVERYBODY, POPULARITY, Pair, Replaced, replaced
from ml.recommend.selection import Selection
from ml.review_limits import ReviewLimits
from ml.tables import Col

LIMITS = ReviewLimits(quality=0.02, segments=0.1, newcomers=0.1, coverage=0.2, popularity=0.2)
SHOPPERS = 400
LOYAL = 100
"""Of the shoppers the first ones, who are a segment of their own."""


def _evaluation(name: str, scores: np.ndarray, cold: np.ndarray, coverage: float = 0.5) -> Evaluation:
    users = pl.Series(Col.user_id, [f"s{number:04}" for number in range(SHOPPERS)])
    loyal = pl.Series(range(SHOPPERS)) < LOYAL
    groups = pl.DataFrame({Col.user_id: users}).with_columns(
        pl.lit("1-9 baskets").alias(ACTIVITY),
        pl.when(loyal).then(pl.lit("active")).otherwise(pl.lit("lapsed")).alias(SEGMENT),
    )
    summary = {COVERAGE: coverage, POPULARITY: 0.1}
    known = Judged("all", pl.DataFrame({Col.user_id: users, METRIC: scores}), summary, pl.DataFrame(), groups)
    new = Judged(COLD, pl.DataFrame({Col.user_id: users, METRIC: cold}), summary, pl.DataFrame(), groups)
    cost = {"score_cpu_seconds": 2.5}
    return Evaluation(name, {}, {"all": known, COLD: new}, cost, date(2017, 11, 4), {"for_you": known})


def _measured(loss: float = 0.0, loyal_loss: float = 0.0, cold_loss: float = 0.0) -> Replaced:
    """A recipe that scores so much less than the one before it, on average, with noise that is the shoppers' own."""
    generator = np.random.default_rng(7)
    before, cold = generator.uniform(0.2, 0.6, SHOPPERS), generator.uniform(0.1, 0.3, SHOPPERS)
    noise = generator.normal(0, 0.05, SHOPPERS)
    after = before + noise - noise.mean() - loss
    after[:LOYAL] -= loyal_loss + (after - before)[:LOYAL].mean() + loss
    results = {"als": [_evaluation("als", before, cold)], "ease": [_evaluation("ease", after, cold - cold_loss)]}
    (found,) = replaced(results, [Selection("for_you", "ease", 0.4, incumbent="als", gain=0.0)])
    return found


def test_a_recipe_that_is_as_good_breaks_no_guard_rail() -> None:
    guards = list(quality_guards(_measured(), LIMITS))
    assert [guard.holds for guard in guards] == [True, True, True]
    assert [guard.name.split(" (")[0] for guard in guards[:2]] == [
        "quality of for_you",
        "quality of for_you for newcomers",
    ]
    assert f"{SHOPPERS} shoppers" in guards[0].name


@pytest.mark.parametrize(
    ("losses", "broken"),
    [
        ({"loss": 0.05}, 0),
        ({"cold_loss": 0.08}, 1),
        ({"loyal_loss": 0.08}, 2),
    ],
)
def test_each_loss_breaks_its_own_guard_rail(losses: dict[str, float], broken: int) -> None:
    guards = list(quality_guards(_measured(**losses), LIMITS))
    assert guards[broken].holds is False
    assert guards[broken].change.startswith("-0.0")


def test_the_segment_that_fares_worst_is_named_with_its_size() -> None:
    worst = list(quality_guards(_measured(loyal_loss=0.08), LIMITS))[2]
    assert worst.name == f"quality of for_you in 3 segments, worst: active (NDCG@10, {LOYAL} shoppers)"


def test_a_loss_within_the_limit_or_within_chance_is_none() -> None:
    sure = {"by": EVERYBODY, "group": "", "shoppers": 400, "before": 0.4, "low": -0.02, "high": -0.001}
    within = Pair(after=0.395, p=0.001, **sure)  # type: ignore[arg-type]
    by_chance = Pair(after=0.38, p=0.2, **sure)  # type: ignore[arg-type]
    beyond = Pair(after=0.38, p=0.001, **sure)  # type: ignore[arg-type]
    for pair, holds in ((within, True), (by_chance, True), (beyond, False)):
        made = Replaced(placement="for_you", before="als", after="ease", pairs=(pair,))
        assert [guard.holds for guard in quality_guards(made, LIMITS)] == [holds]


def test_a_recipe_that_stays_is_compared_with_nothing() -> None:
    evaluations = {"als": [_evaluation("als", np.full(SHOPPERS, 0.4), np.full(SHOPPERS, 0.2))]}
    (found,) = replaced(evaluations, [Selection("for_you", "als", 0.4, incumbent="als")])
    assert (found.before, found.after, found.pairs) == ("als", "als", ())
    assert list(quality_guards(found, LIMITS)) == []


def test_what_a_training_measured_is_read_again_as_it_was() -> None:
    found = _measured(loss=0.05)
    assert len(found.pairs) == 5 and found.seconds == (2.5, 2.5)
    assert Replaced.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ({COVERAGE: 0.5, POPULARITY: 0.1}, {COVERAGE: 0.41, POPULARITY: 0.119}, (True, True)),
        ({COVERAGE: 0.5, POPULARITY: 0.1}, {COVERAGE: 0.39, POPULARITY: 0.121}, (False, False)),
        ({COVERAGE: 0.5, POPULARITY: 0.1}, {COVERAGE: 0.9, POPULARITY: 0.01}, (True, True)),
        ({COVERAGE: 0.0, POPULARITY: 0.0}, {COVERAGE: 0.0, POPULARITY: 0.0}, (True, True)),
    ],
)
def test_coverage_may_fall_and_popularity_may_rise_by_a_share(
    before: dict[str, float], after: dict[str, float], holds: tuple[bool, bool]
) -> None:
    figures = {name: (before[name], after[name]) for name in before}
    guards = exposure_guards("for_you", figures, LIMITS)
    assert tuple(guard.holds for guard in guards) == holds


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_are_those_of_holms_slow_procedure(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for alpha in (0.01, 0.05, 0.2):
        rejected, count = set(), len(p_values)
        for rank, number in enumerate(sorted(range(count), key=lambda each: p_values[each])):
            if p_values[number] * (count - rank) > alpha:
                break
            rejected.add(number)
        assert {number for number in range(count) if adjusted[number] <= alpha} == rejected
