"""Better is better beyond chance: paired by shopper, with all of a shopper's origins together."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from ml.recommend.evaluation.comparison import METRIC, RESAMPLES, Panel
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.recommend.evaluation.leaderboard import leaderboard
from tests.recommend.conftest import AS_OF

SHOPPERS = 300


def panel(**scores: np.ndarray) -> Panel:
    """Each shoppers x origins."""
    return Panel(tuple(scores), np.stack([np.asarray(each, dtype=float) for each in scores.values()], axis=2))


def noise(seed: int, origins: int = 1, size: float = 0.2) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, size, (SHOPPERS, origins))


def test_an_interval_holds_the_mean_of_most_samples() -> None:
    held = []
    for seed in range(60):
        (low, high) = panel(it=noise(seed)).intervals()["it"]
        held.append(low <= 0.0 <= high)
    assert 0.85 <= np.mean(held) <= 1.0
    low, high = panel(it=noise(1)).intervals()["it"]
    assert high - low == pytest.approx(2 * 1.96 * 0.2 / np.sqrt(SHOPPERS), rel=0.15)


def test_the_p_value_of_noise_is_even_and_that_of_a_gain_is_small() -> None:
    base = noise(1)
    p = [panel(base=base, it=base + noise(seed)).differences("base")["it"].p for seed in range(100, 160)]
    assert 0.3 < np.mean(p) < 0.7
    assert panel(base=base, it=base + 0.05 + noise(2)).differences("base")["it"].p < 0.01


def test_the_test_agrees_with_scipys() -> None:
    from scipy.stats import permutation_test

    base, it = noise(1, size=0.1), noise(1, size=0.1) + 0.01 + noise(3, size=0.1)
    ours = panel(base=base, it=it).differences("base")["it"].p
    theirs = permutation_test(
        ((it - base)[:, 0],), np.mean, permutation_type="samples", n_resamples=5000, vectorized=True, rng=1, axis=0
    ).pvalue
    assert ours == pytest.approx(theirs, abs=0.04)


def test_looking_at_many_raises_the_bar() -> None:
    base, it = noise(1), noise(1) + 0.03 + noise(2)
    alone = panel(base=base, it=it).differences("base")["it"]
    others = {f"other_{seed}": base + noise(seed) for seed in range(10, 40)}
    among = panel(base=base, it=it, **others).differences("base")["it"]
    assert alone.gain == pytest.approx(among.gain) and alone.low == pytest.approx(among.low)
    assert among.p > alone.p


def test_equal_ones_differ_by_nothing_for_sure() -> None:
    found = panel(base=noise(1), same=noise(1)).differences("base")["same"]
    assert (found.gain, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert not found.is_better


def test_a_constant_gain_has_no_width() -> None:
    found = panel(base=noise(1), it=noise(1) + 0.25).differences("base")["it"]
    assert (found.gain, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.p == pytest.approx(1 / (1 + RESAMPLES)) and found.is_better


def test_the_same_shoppers_seen_thrice_are_not_three_times_as_many() -> None:
    gain = 0.02 + noise(5)
    once = panel(base=np.zeros((SHOPPERS, 1)), it=gain).differences("base")["it"]
    thrice = panel(base=np.zeros((SHOPPERS, 3)), it=np.repeat(gain, 3, axis=1)).differences("base")["it"]
    assert (thrice.gain, thrice.low, thrice.high) == pytest.approx((once.gain, once.low, once.high))
    assert thrice.p == once.p


def test_the_interval_is_that_of_drawing_as_many_shoppers_with_replacement() -> None:
    scores, chance = noise(7), np.random.default_rng(8)
    means = [scores[chance.integers(0, SHOPPERS, SHOPPERS)].mean() for _ in range(4000)]
    found = panel(it=scores).intervals()["it"]
    assert found == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), abs=0.25 * np.std(means))


def evaluation(scores: dict[str, float], origin: int, cpu: float = 2.0) -> Evaluation:
    schema = {"user_id": pl.String, METRIC: pl.Float64}
    frame = pl.DataFrame(sorted(scores.items()), schema=schema, orient="row")
    judged = {name: Judged(name, frame, {}, pl.DataFrame()) for name in ("all", "new")}
    judged["cold"] = Judged("cold", frame.filter(pl.col("user_id") == "zoe"), {}, pl.DataFrame())
    cost = {"fit_cpu_seconds": cpu, "score_cpu_seconds": 0.5}
    return Evaluation("it", {}, judged, cost, AS_OF - timedelta(days=28 * origin))


def test_means_are_of_shoppers_then_of_origins_and_a_missing_shopper_is_not_a_zero() -> None:
    results = {
        "it": [evaluation({"ann": 0.2, "bob": 0.4}, 1), evaluation({"bob": 0.5, "cem": 0.9}, 0)],
        "other": [evaluation({"ann": 0.1, "bob": 0.1}, 1), evaluation({"bob": 0.1, "cem": 0.1}, 0)],
    }
    found = Panel.of(results, "all", METRIC)
    assert found.scores.shape == (3, 2, 2)
    assert found.means == pytest.approx({"it": (0.3 + 0.7) / 2, "other": 0.1})
    assert found.differences("other")["it"].gain == pytest.approx(0.4)


def test_an_origin_without_shoppers_does_not_count() -> None:
    found = Panel.of({"it": [evaluation({}, 1), evaluation({"ann": 0.4}, 0)]}, "all", METRIC)
    assert found.means == pytest.approx({"it": 0.4})
    assert Panel.of({"it": [evaluation({}, 0)]}, "all", METRIC).means == {"it": 0.0}


def test_the_standings_rank_within_a_setting_and_compare_with_the_reference() -> None:
    results = {
        "weak": [evaluation({"ann": 0.1, "bob": 0.2}, 0, cpu=1.0)],
        "strong": [evaluation({"ann": 0.5, "bob": 0.6}, 0, cpu=3.0)],
    }
    table = leaderboard(results, {"all": "weak"})
    assert table.select("setting", "recommender", "reference").rows() == [
        ("all", "strong", "weak"),
        ("all", "weak", "weak"),
        ("new", "strong", "strong"),
        ("new", "weak", "strong"),
    ]
    assert table["difference"].to_list() == [pytest.approx(0.4), None, None, pytest.approx(-0.4)]
    assert table["fit_cpu_seconds"].to_list() == [3.0, 1.0, 3.0, 1.0]
    assert table["shoppers"].to_list() == [2] * 4
