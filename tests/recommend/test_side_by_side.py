"""Recipes that are judged in processes of their own get the results, runs and errors of one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec

import pytest

from ml.errors import ModelMissing, TooLarge
from ml.recommend import side_by_side
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.evaluation.leaderboard import COSTS
from ml.recommend.evaluation.origins import Window, origin_days, windows
from ml.recommend.evaluation.settings import Terms
from ml.recommend.experiment import evaluate_recipes
from ml.recommend.side_by_side import AT_ONCE, Task, _fitting, _Judges, processes_for
from ml.registry.client import EVALUATIONS, connect
from ml.settings import Settings
from testkit.garden_slices import DAYS, EVALUATION_DAYS, garden_settings, garden_slices
from testkit.shop import FIRST_DAY

AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
RECIPES = ("popularity", "ease", "buy_it_again")
MEASURED = ("seconds", "memory_mib")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return garden_settings(tmp_path_factory.mktemp("a garden") / "var")


@pytest.fixture(scope="module")
def cuts(settings: Settings) -> list[Window]:
    return windows(garden_slices(settings, origin_days(AS_OF, EVALUATION_DAYS, 2)))


@pytest.fixture
def judges() -> Iterator[_Judges]:
    with _Judges(most=1) as started:
        yield started


def runs(settings: Settings) -> dict[str, tuple[Mapping[str, str], Mapping[str, float]]]:
    """Children of the newest evaluation: their parameters, and their figures without what a clock says."""
    client = connect(settings)
    experiment = client.get_experiment_by_name(EVALUATIONS).experiment_id
    parent, *_ = client.search_runs([experiment], "tags.mlflow.parentRunId IS NULL", order_by=["start_time DESC"])
    found = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert all(child.info.status == "FINISHED" for child in found)
    return {
        child.info.run_name: (
            child.data.params,
            {name: value for name, value in child.data.metrics.items() if not name.endswith(MEASURED)},
        )
        for child in found
    }


@pytest.mark.slow
def test_two_at_a_time_give_the_leaderboard_and_the_runs_of_one_after_the_other(
    settings: Settings, cuts: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, children, begun = [], [], []
    for rows in (10**9, 0):
        monkeypatch.setattr(side_by_side, "_WORTHWHILE", rows)
        table = evaluate_recipes(settings, cuts, RECIPES, lambda name, as_of: begun.append((as_of, name)))
        tables.append(table.drop(COSTS, strict=False))
        children.append(runs(settings))
    assert tables[1].equals(tables[0]) and len(tables[0]) == 2 * len(RECIPES)
    assert children[1] == children[0] and len(children[0]) == 2 * len(RECIPES)
    assert begun[:6] == [(cut.then.as_of, name) for cut in cuts for name in RECIPES]
    dearest_first = ("ease", "popularity", "buy_it_again")
    assert begun[6:] == [(cut.then.as_of, name) for cut in cuts for name in dearest_first]


@pytest.mark.slow
def test_what_goes_wrong_in_a_process_is_told_as_if_it_had_gone_wrong_here(
    judges: _Judges, settings: Settings, cuts: list[Window], caplog: pytest.LogCaptureFixture
) -> None:
    revenue = Terms(placements=settings.placements_on, objectives={"for_you": "revenue"})

    def asked(name: str, *, killed: bool = False) -> Evaluation | None:
        task = Task(replace(cuts[0], terms=revenue), name, {}, 0)
        link = judges.free({})
        assert link is not None
        link.send((task.window, task.name, task.params))
        if killed:
            judges._started[link].kill()
        return judges.answer(link, task)

    with caplog.at_level(logging.INFO):
        found = asked("popularity")
        assert found is not None and found.as_of == cuts[0].then.as_of
        assert "popularity is not judged for for_you: ObjectiveRefused" in caplog.text
    with pytest.raises(ModelMissing, match="found nobody") as missing:
        asked("nobody")
    assert "judging_process.py" in missing.value.__notes__[0]
    if find_spec("torch") is None:
        assert asked("sasrec") is None
        assert "sasrec is left out: ExtraMissing" in caplog.text
    with pytest.raises(TooLarge, match=f"ease as of {cuts[0].then.as_of}.*killed by signal 9"):
        asked("ease", killed=True)


@pytest.mark.slow
def test_a_process_ends_when_the_one_that_asked_is_gone(judges: _Judges, cuts: list[Window]) -> None:
    link = judges.free({})
    assert link is not None
    link.send((cuts[0], "ease", {}))
    link.close()
    assert judges._started[link].wait(timeout=60) == 1


def test_beside_each_other_stands_what_fits_together_with_a_copy_of_the_history(
    cuts: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "rows_of", lambda day: 10)
    dear, cheap, free = (Task(cuts[0], name, {}, memory) for name, memory in (("a", 900), ("b", 300), ("c", 0)))
    copy = 10 * side_by_side._ROW
    assert _fitting([dear, cheap], [], 1) is dear
    assert _fitting([dear, cheap, free], [cheap], copy + 1100) is cheap
    assert _fitting([dear, cheap, free], [cheap], copy + 300) is free
    assert _fitting([dear, cheap, free], [cheap], copy + 299) is None


def test_a_small_history_one_recipe_or_one_thread_is_judged_here(
    settings: Settings, cuts: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = cuts[-1].now
    assert processes_for(settings, day, 7) == 1
    monkeypatch.setattr(side_by_side, "_WORTHWHILE", side_by_side.rows_of(day))
    assert processes_for(settings, day, 7) == AT_ONCE == 2
    assert processes_for(settings, day, 1) == 1
    assert processes_for(settings.model_copy(update={"threads": 1}), day, 7) == 1
