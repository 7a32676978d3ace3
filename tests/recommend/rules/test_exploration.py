"""What is drawn, and that its logged probability is the true one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.recommend.rules.exploration import CHOICES, draw, seeds_of, uniform
from ml.recommend.rules.rule_set import Rule, RuleSet
from tests.recommend.conftest import AS_OF
from tests.recommend.rules.conftest import USERS, K, Lists

EXPLORE = Rule("explore", "explore", amount=0.4)
MANY = 40_000


def test_every_entry_is_drawn_as_often_as_its_propensity_says() -> None:
    places, entries = 3, 11
    pool = np.full((MANY, places * CHOICES), -1)
    pool[:, :entries] = np.arange(entries)
    drawn = draw(pool, np.full(MANY, places), seeds_of(AS_OF, "for_you", (str(n) for n in range(MANY))))
    propensity = {}
    for entry in range(entries):
        hit = drawn.chosen == entry
        (propensity[entry],) = np.unique(drawn.propensity[hit])
        expected = MANY * propensity[entry]
        assert abs(hit.sum() - expected) < 4.5 * np.sqrt(expected * (1 - propensity[entry]) + 1), entry
    for hand in range(places):
        assert abs(sum(chance for entry, chance in propensity.items() if entry % places == hand) - 1) < 1e-12


def test_an_inverse_propensity_estimate_of_another_policy_is_unbiased() -> None:
    """What a shelf of fixed items would earn is estimated from draws; its clicks depend on shopper and item."""
    places, entries = 2, 10
    clicks = np.random.default_rng(5).random((MANY, entries)) < np.linspace(0.05, 0.5, entries)
    pool = np.tile(np.arange(entries), (MANY, 1))
    drawn = draw(pool, np.full(MANY, places), seeds_of(AS_OF, "for_you", (str(n) for n in range(MANY))))
    shown = np.take_along_axis(clicks, drawn.chosen, axis=1)
    for target in ((0, 1), (9, 8), (4, 7)):
        weight = np.isin(drawn.chosen, target) / drawn.propensity
        values = (weight * shown).sum(axis=1)
        truth = clicks[:, target].sum(axis=1).mean()
        error = values.std() / np.sqrt(MANY)
        assert abs(values.mean() - truth) < 4 * error < 0.1
        naive = shown.mean() * places
        assert abs(naive - truth) > 4 * error, "without the propensity the estimate is off"


def test_shoppers_with_fewer_places_or_entries_draw_from_their_own() -> None:
    pool = np.array([[3, 5, -1, -1, -1, -1, -1, -1, -1, -1], [7, 8, 9, 1, 2, -1, -1, -1, -1, -1], [-1] * 10])
    drawn = draw(pool, np.array([2, 1, 2]), seeds_of(AS_OF, "for_you", ["a", "b", "c"]))
    assert drawn.chosen[0].tolist() == [3, 5] and drawn.propensity[0].tolist() == [1, 1]
    assert drawn.chosen[1, 0] in (7, 8, 9, 1, 2) and drawn.chosen[1, 1] == -1
    assert drawn.chosen[2].tolist() == [-1, -1]


def test_draws_are_even_and_shoppers_days_and_placements_draw_apart() -> None:
    seeds = seeds_of(AS_OF, "for_you", (str(n) for n in range(MANY)))
    draws = np.concatenate([uniform(seeds, number) for number in range(3)])
    assert draws.min() >= 0 and draws.max() < 1
    counts, _ = np.histogram(draws, bins=20, range=(0, 1))
    assert abs(counts - len(draws) / 20).max() < 5 * np.sqrt(len(draws) / 20)
    assert abs(np.corrcoef(uniform(seeds, 0), uniform(seeds, 1))[0, 1]) < 0.03
    ways = [(AS_OF, "for_you", "a"), (AS_OF, "discover", "a"), (AS_OF + timedelta(days=1), "for_you", "a")]
    assert (
        len({int(seeds_of(day, placement, [user])[0]) for day, placement, user in [*ways, (AS_OF, "for_you", "b")]})
        == 4
    )


def test_only_the_last_places_are_drawn_and_a_rerun_or_a_shard_draws_the_same(lists: Lists) -> None:
    made = lists(EXPLORE)
    assert set(made.filter(pl.col("propensity") < 1)["rank"]) == set(range(K - 3, K + 1))
    assert made.equals(lists(EXPLORE))
    shards = [lists(EXPLORE, users=USERS[start::3]) for start in range(3)]
    assert pl.concat(shards).sort("user_id", "rank").equals(made)
    tomorrow = lists(rule_set=RuleSet((EXPLORE,), date(2024, 4, 1)))
    assert not tomorrow.equals(made)
    assert tomorrow.filter(pl.col("rank") <= K - 4).equals(made.filter(pl.col("rank") <= K - 4))


def test_a_pin_among_the_drawn_places_stays(lists: Lists) -> None:
    made = lists(EXPLORE, Rule("pin", "pin", item_field="item_id", item_value="new1", shelf_position=9))
    pinned = made.filter(item_id="new1")
    assert pinned["rank"].to_list() == [9] * len(USERS)
    assert set(pinned["propensity"]) == {1.0}
