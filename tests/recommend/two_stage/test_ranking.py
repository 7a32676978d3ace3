"""What a ranker learns from candidates, and what its two kinds of boosters bring together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.recommend.core.encoding import Floats, Ints
from ml.recommend.two_stage import ranker as fitted_ranker
from ml.recommend.two_stage.features import Features
from ml.recommend.two_stage.ranker import Ranker
from ml.recommend.two_stage.ranking import CLASSIFIER, FEWEST, LAMBDARANK, RankerDataset, Setup

SETUP = Setup(days=1, leaves=7, rounds=40, rate=0.1)
Examples = tuple[Features, np.ndarray, Ints]


def named(**columns: Floats) -> Features:
    return Features(tuple(columns), np.column_stack(list(columns.values())))


def examples(shoppers: int = 400, each: int = 30) -> Examples:
    """Candidates that are bought by chance, the likelier the higher their ``use``."""
    chance = np.random.default_rng(5)
    shopper = np.repeat(np.arange(shoppers), each)
    use = chance.random(len(shopper)).astype(np.float32)
    return (
        named(use=use, noise=chance.random(len(shopper)).astype(np.float32)),
        chance.random(len(shopper)) < 0.3 * use**2,
        shopper,
    )


def textbook(given: Examples) -> RankerDataset:
    dataset = RankerDataset(SETUP, given[0].names, seed=1)
    for kind in (CLASSIFIER, LAMBDARANK):
        dataset.add(kind, *given)
    dataset.hold_out(*given)
    return dataset


def kinds(ranker: Ranker) -> list[str]:
    return [text.split("objective=")[1].split()[0] for text in ranker.texts]


def test_classifiers_and_lambdaranks_speak_equally_loud() -> None:
    given = examples()
    ranker = textbook(given).learned((1, 2), threads=1)
    assert ranker is not None
    table = given[0].of(ranker.columns)
    assert kinds(ranker) == ["binary", "binary", "lambdarank", "lambdarank"]
    heard = [
        weight * booster.predict(table, raw_score=True).std()
        for weight, booster in zip(ranker.weights, ranker._boosters, strict=True)
    ]
    assert heard == pytest.approx([heard[0]] * 4, rel=0.05)


def test_what_is_likelier_bought_ranks_higher_and_probabilities_hold() -> None:
    given = examples()
    dataset = textbook(given)
    ranker = dataset.learned((1,), threads=1)
    assert ranker is not None
    low, high = ranker.probabilities(named(use=np.float32([0.2, 0.95]), noise=np.float32([0.5, 0.5])))
    assert low < 0.05
    assert 0.15 < high < 0.45
    assert dataset.reliability(ranker).error < 0.05


@pytest.mark.parametrize("first_trees", [15, 400], ids=["some trees", "more than there are"])
def test_scores_that_begin_with_a_first_look_are_those_of_all_trees(
    first_trees: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = examples()
    ranker = textbook(given).learned((1, 2), threads=1)
    assert ranker is not None
    table = given[0].of(ranker.columns)
    whole = sum(
        weight * booster.predict(table, raw_score=True)
        for weight, booster in zip(ranker.weights, ranker._boosters, strict=True)
    )
    monkeypatch.setattr(fitted_ranker, "_FIRST_TREES", first_trees)
    begun = ranker.first_look(table)
    np.testing.assert_allclose(ranker.log_odds(table, begun), whole, rtol=1e-9)
    np.testing.assert_allclose(ranker.log_odds(table), whole, rtol=1e-9)
    without = ranker.log_odds(table, np.zeros(len(table)))
    np.testing.assert_allclose(whole - without, ranker.weights[-1] * begun, rtol=1e-6, atol=1e-9)
    assert begun.std() > 0 and (np.ptp(without) > 0)
    assert (ranker.log_odds(table[::-1])[::-1] == ranker.log_odds(table)).all()


def test_a_booster_that_learned_nothing_has_no_say() -> None:
    """With 20 candidates of each shopper all bought or none, no order within a shopper can be learned."""
    shopper = np.repeat(np.arange(200), 20)
    use = (shopper % 2).astype(np.float32)
    ranker = textbook((named(use=use), use > 0, shopper)).learned((1,), threads=1)
    assert ranker is not None
    assert kinds(ranker) == ["binary"]
    assert (ranker.probabilities(named(use=use)) > 0.5).tolist() == (use > 0).tolist()


def test_too_few_purchases_teach_nothing() -> None:
    features, bought, shopper = examples()
    few = bought & (np.cumsum(bought) < FEWEST)
    assert textbook((features, few, shopper)).learned((1,), threads=1) is None


def test_the_lambdarank_learns_from_days_half_as_old_and_looks_half_as_far_ahead() -> None:
    ages = Setup(days=2, leaves=7, rounds=1, rate=0.1).ages(28)
    assert {kind: (list(each), each.step) for kind, each in ages.items()} == {
        CLASSIFIER: ([28, 56], 28),
        LAMBDARANK: ([14, 28, 42, 56], 14),
    }


def test_a_lambdarank_draws_whole_lists_and_a_classifier_candidates() -> None:
    ranker = textbook(examples()).learned((1,), threads=1)
    assert ranker is not None
    drawn = {
        kind: text.split("[bagging_by_query: ")[1][0] for kind, text in zip(kinds(ranker), ranker.texts, strict=True)
    }
    assert drawn == {"binary": "0", "lambdarank": "1"}


def test_of_a_small_share_of_the_features_each_tree_looks_at_one() -> None:
    given = examples()
    dataset = textbook(given)
    dataset._setup = replace(SETUP, features=0.5)
    ranker = dataset.learned((1,), threads=1)
    assert ranker is not None
    trees = ranker.texts[0].split("Tree=")[1:]
    looked_at = [set(tree.split("split_feature=")[1].split("\n")[0].split()) for tree in trees]
    assert {frozenset(each) for each in looked_at if each} == {frozenset("0"), frozenset("1")}
