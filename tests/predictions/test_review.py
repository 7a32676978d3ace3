"""Guard-rails of a candidate: each breaks for the fault that it is about, and for no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.predictions.columns import Prediction
from ml.predictions.judge import Judged
from ml.predictions.review import guards
from ml.predictions.targets import TARGETS
from ml.registry.review import Guard
from tests.predictions.made_evidence import BETTER, SIMPLE, Changed, evidence, learned, unjudged

BY_NAME = {target.name: target for target in TARGETS}
BEFORE = dict.fromkeys(BY_NAME, SIMPLE)


def broken(found: list[Guard]) -> list[str]:
    return [guard.name for guard in found if guard.holds is False]


def predicted(change: float, factor: float = 1.0) -> Changed:
    """Another prediction of the contender that serves."""

    def changed(judged: Judged) -> Judged:
        moved = judged.predicted[BETTER] * factor + change
        return replace(judged, predicted={**judged.predicted, BETTER: moved})

    return changed


def surprised(judged: Judged) -> Judged:
    """Outcomes of the last two origins scatter much more than those of the first, around the same mean."""
    draw, mean = np.random.default_rng(3), judged.predicted[BETTER]
    later = mean * draw.gamma(0.5, 2.0, len(mean))
    return replace(judged, outcome=np.where(judged.origin > 0, later, judged.outcome))


def test_a_candidate_that_knows_what_comes_breaks_no_guard_rail() -> None:
    found = list(guards(evidence(), BEFORE))
    assert broken(found) == [] and all(guard.holds for guard in found)
    names = " ".join(guard.name for guard in found)
    assert all(f"loss of {name}" in names for name in BY_NAME)
    assert names.count("calibration error of") == 3 and names.count("total of") == 4
    assert names.count("80 % intervals of") == 2


@pytest.mark.parametrize("name", [Prediction.purchase_28d, Prediction.spend_90d])
def test_a_contender_that_is_worse_than_the_champions_is_told_with_its_interval(name: str) -> None:
    worse = evidence(learned(BY_NAME[name], SIMPLE))
    found = list(guards(worse, {**BEFORE, name: BETTER}))
    assert f"loss of {name}" in broken(found)[0]
    first = next(guard for guard in found if guard.holds is False)
    assert float(first.after) > float(first.before) and first.change.startswith("+") and "[+" in first.change
    kept = [guard for guard in guards(worse, {**BEFORE, name: SIMPLE}) if f"loss of {name}" in guard.name]
    assert [(guard.holds, guard.change) for guard in kept] == [(True, "the same contender")]


def test_probabilities_that_promise_too_much_break_calibration_and_nothing_else() -> None:
    name = Prediction.purchase_7d
    off = evidence(learned(BY_NAME[name], changed=predicted(0.04)))
    assert broken(list(guards(off, BEFORE))) == [f"calibration error of {name}"]


def test_money_whose_total_is_off_by_more_than_a_twentieth_is_told() -> None:
    name = Prediction.spend_28d
    off = evidence(learned(BY_NAME[name], changed=predicted(0.0, factor=1.08)))
    assert broken(list(guards(off, BEFORE))) == [f"total of {name}"]


def test_intervals_that_did_not_hold_on_later_origins_are_told() -> None:
    name = Prediction.spend_90d
    found = list(guards(evidence(learned(BY_NAME[name], changed=surprised)), BEFORE))
    assert f"80 % intervals of {name}" in broken(found)
    (told,) = [guard for guard in found if guard.name == f"80 % intervals of {name}"]
    assert told.limit == "76% to 84%" and told.after in told.change


def test_a_target_that_could_not_be_judged_breaks_nothing_and_holds_nothing() -> None:
    name = Prediction.churn
    found = [guard for guard in guards(evidence(unjudged(BY_NAME[name])), BEFORE) if name in guard.name]
    assert [guard.holds for guard in found] == [None, None]
