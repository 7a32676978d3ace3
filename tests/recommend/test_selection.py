"""Which recipe a placement gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from ml.errors import ObjectiveRefused
from ml.placements import SHOP, on
from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.recommend.policy import rule_based_policy
from ml.recommend.selection import MARGIN, WORTHWHILE, Selection, select
from ml.tables import Col
from tests.recommend.conftest import AS_OF

PLACEMENTS = on(SHOP)
FOR_YOU = PLACEMENTS[0]
Scores = Mapping[str, Sequence[float]]


def _judged(scores: Scores, cpu: Mapping[str, float] | None = None) -> dict[str, list[Evaluation]]:
    """By recipe one evaluation, with these NDCG@10 of shoppers 0, 1, 2…"""

    def one(name: str, values: Sequence[float]) -> Evaluation:
        frame = pl.DataFrame({Col.user_id: [f"{number:05}" for number in range(len(values))], METRIC: list(values)})
        judged = {setting: Judged(setting, frame, {}, pl.DataFrame()) for setting in ("all", "new")}
        cost = {"fit_cpu_seconds": (cpu or {}).get(name, 1.0), "score_cpu_seconds": 0.0}
        published = dict.fromkeys((each.name for each in PLACEMENTS), judged["all"])
        return Evaluation(name, {}, judged, cost, AS_OF, published)

    return {name: [one(name, values)] for name, values in scores.items()}


def _noisy(mean: float, shoppers: int = 400, seed: int = 1) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.3, shoppers)
    return list(mean + noise - noise.mean())


def test_without_an_incumbent_the_best_recipe_is_chosen() -> None:
    chosen = select(FOR_YOU, _judged({"weak": [0.1, 0.2], "strong": [0.3, 0.4]}), None)
    assert (chosen.recipe, chosen.score) == ("strong", pytest.approx(0.35))
    assert "no incumbent" in chosen.why


def test_before_the_first_training_what_serves_without_one_gives_way_to_a_better_recipe_only() -> None:
    scores = {"buy_it_again": [0.3] * 400, "lucky": _noisy(0.302), "worse": [0.1] * 400}
    chosen = select(FOR_YOU, _judged(scores), None)
    assert (chosen.recipe, chosen.challenger) == ("buy_it_again", "lucky")
    assert "buy_it_again serves: no recipe is significantly better" in chosen.why
    better = select(FOR_YOU, _judged({**scores, "better": [0.4] * 400}), None)
    assert better.recipe == "better" and "beats buy_it_again" in better.why


def test_a_recipe_that_cannot_serve_a_placement_is_passed_over() -> None:
    judged = _judged({"able": [0.1], "unable": [0.9]})
    del judged["unable"][0].published["for_you"]
    assert select(FOR_YOU, judged, "unable").recipe == "able"
    del judged["able"][0].published["for_you"]
    with pytest.raises(ObjectiveRefused, match="found none of able, unable"):
        select(FOR_YOU, judged, None)


def test_an_incumbent_that_is_not_judged_any_more_needs_no_defeat() -> None:
    chosen = select(FOR_YOU, _judged({"weak": [0.1, 0.2], "strong": [0.3, 0.4]}), "removed")
    assert chosen.recipe == "strong"
    assert "removed is gone" in chosen.why


def test_an_incumbent_stays_when_another_is_better_by_chance_only() -> None:
    chosen = select(FOR_YOU, _judged({"incumbent": [0.3] * 400, "lucky": _noisy(0.302)}), "incumbent")
    assert (chosen.recipe, chosen.challenger) == ("incumbent", "lucky")
    assert chosen.low is not None and chosen.low < 0 < (chosen.gain or 0)


def test_the_luckiest_of_many_challengers_is_noise_although_alone_it_would_look_like_a_win() -> None:
    incumbent = [0.3] * 100
    many = {f"noise_{seed:02}": list(0.3 + np.random.default_rng(seed).normal(0, 0.3, 100)) for seed in range(40, 80)}
    chosen = select(FOR_YOU, _judged({"incumbent": incumbent, **many}), "incumbent")
    alone = select(FOR_YOU, _judged({"incumbent": incumbent, "it": many[str(chosen.challenger)]}), "incumbent")
    assert alone.recipe == "it"
    assert chosen.recipe == "incumbent" and (chosen.p or 0) > 0.05


def test_an_incumbent_gives_way_to_a_significant_win() -> None:
    judged = _judged({"incumbent": [0.3, 0.2] * 50, "better": [0.4, 0.3] * 50, "best": [0.41, 0.31] * 50})
    chosen = select(FOR_YOU, judged, "incumbent")
    assert chosen.recipe == "best"
    assert chosen.low == pytest.approx(0.11)
    assert "best beats incumbent by 0.1100" in chosen.why


def test_as_good_and_much_cheaper_wins() -> None:
    scores = {"incumbent": _noisy(0.4), "cheap": [each - 0.0005 for each in _noisy(0.4)], "bad": [0.1] * 400}
    chosen = select(FOR_YOU, _judged(scores, {"incumbent": 40.0, "cheap": 10.0, "bad": 1.0}), "incumbent")
    assert chosen.recipe == "cheap" and chosen.cheaper and chosen.cost_share == 0.25
    assert "cheap is as good as incumbent (-0.0005 [-0.0005, -0.0005]) at 25% of its cost" in chosen.why


@pytest.mark.parametrize(
    ("why", "loss", "cpu"),
    [
        ("it is worse by more than the margin", 2 * MARGIN * 0.4, 10.0),
        ("it saves too little", 0.0005, 11.0),
    ],
)
def test_cheaper_alone_does_not_win(why: str, loss: float, cpu: float) -> None:
    scores = {"incumbent": _noisy(0.4), "cheap": [each - loss for each in _noisy(0.4)]}
    assert select(FOR_YOU, _judged(scores, {"incumbent": 40.0, "cheap": cpu}), "incumbent").recipe == "incumbent", why


@pytest.mark.parametrize("noisy", ["incumbent", "challenger", "both", "none"])
@pytest.mark.parametrize(("share", "chosen"), [(0.1, "challenger"), (0.6, "incumbent"), (1.4, "incumbent")])
def test_a_cost_that_a_busy_machine_doubled_changes_no_choice(noisy: str, share: float, chosen: str) -> None:
    scores = {"incumbent": _noisy(0.4), "challenger": [each - 0.0005 for each in _noisy(0.4)]}
    cpu = {"incumbent": 100.0, "challenger": 100.0 * share}
    busy = {name: seconds * (2.0 if noisy in (name, "both") else 1.0) for name, seconds in cpu.items()}
    assert select(FOR_YOU, _judged(scores, busy), "incumbent").recipe == chosen


def test_of_several_origins_the_one_counts_that_took_least() -> None:
    scores = {"incumbent": _noisy(0.4), "challenger": [each - 0.0005 for each in _noisy(0.4)]}
    disturbed = _judged(scores, {"incumbent": 40.0, "challenger": 400.0})
    undisturbed = _judged(scores, {"incumbent": 40.0, "challenger": 8.0})
    both = {name: [*disturbed[name], *undisturbed[name]] for name in scores}
    chosen = select(FOR_YOU, both, "incumbent")
    assert (chosen.recipe, chosen.cost_share) == ("challenger", 0.2)
    assert select(FOR_YOU, disturbed, "incumbent").recipe == "incumbent"


def test_seconds_within_the_error_of_the_clock_decide_nothing() -> None:
    scores, cpu = {"incumbent": [0.4] * 50, "cheap": [0.4] * 50}, {"incumbent": WORTHWHILE - 0.1, "cheap": 0.0}
    assert select(FOR_YOU, _judged(scores, cpu), "incumbent").recipe == "incumbent"


def test_as_good_is_not_shown_by_a_few_noisy_shoppers() -> None:
    scores = {"incumbent": [0.4] * 20, "cheap": _noisy(0.4, shoppers=20)}
    chosen = select(FOR_YOU, _judged(scores, {"incumbent": 40.0, "cheap": 1.0}), "incumbent")
    assert chosen.recipe == "incumbent"


def test_the_incumbent_refreshed_needs_no_win() -> None:
    chosen = select(FOR_YOU, _judged({"incumbent": [0.4], "other": [0.1]}), "incumbent")
    assert chosen.recipe == "incumbent" and "refreshed" in chosen.why


def test_evidence_tells_the_whole_choice() -> None:
    chosen = select(FOR_YOU, _judged({"a": [0.1, 0.5], "b": [0.3, 0.4]}), "a")
    assert Selection.of(chosen.evidence) == chosen


def test_a_policy_is_named_by_its_content() -> None:
    rules = rule_based_policy(PLACEMENTS)
    assert rules.policy_id == rule_based_policy(PLACEMENTS).policy_id
    others = {
        replace(rules, model_name="shelf").policy_id,
        replace(rules, model_hash="other files").policy_id,
        replace(rules, recipes={**rules.recipes, "discover": "als"}).policy_id,
        replace(rules, mode="explore").policy_id,
        replace(rules, placements=PLACEMENTS[:2]).policy_id,
    }
    assert len(others | {rules.policy_id}) == 6


def test_the_policy_table_has_a_row_per_placement() -> None:
    policy = rule_based_policy(PLACEMENTS)
    table = policy.table()
    wanted = {"for_you": "buy_it_again", "discover": "popularity", "buy_again": "buy_it_again"}
    assert dict(table.select(Col.placement, Col.recipe).iter_rows()) == wanted
    assert table[Col.policy_id].unique().to_list() == [policy.policy_id]
