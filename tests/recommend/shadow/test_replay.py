"""A replay counts what shoppers bought after each day, of what was shown and of what a policy would have shown."""

from __future__ import annotations

import math
from datetime import date, timedelta

import polars as pl
import pytest

from ml.errors import ShadowRefused
from ml.publish.readers import table_of, version_of_day
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.evaluation.groups import ACTIVITY, SEGMENT
from ml.recommend.evaluation.settings import Terms
from ml.recommend.history import history_of
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.shadow.days import shadow_day
from ml.recommend.shadow.outcomes import BOUGHT_BEFORE, FIGURES, HITS, NDCG, POLICY, REVENUE, SHOWN, Outcome, figure
from ml.recommend.shadow.outcomes import outcome as outcome_of
from ml.recommend.shadow.replay import DAY, LEAST, TOTAL, Figure, figures, has_later_day, replay
from ml.settings import Settings
from ml.warehouse.slices import read_slice
from tests.recommend.shadow.conftest import FIRST, LAST

HORIZON = 28
DAYS = (LAST - FIRST).days


def _history(settings: Settings) -> pl.DataFrame:
    return pl.read_parquet(settings.slices_dir / f"{LAST}-abc" / "history.parquet")


def _by_hand(settings: Settings, made: Version, placement: str, user: str) -> dict[str, float] | None:
    """A shopper's figures, the slow obvious way; None where nothing that was bought counts."""
    rows = _history(settings).filter(pl.col("user_id") == user).to_dicts()
    before = {row["item_id"] for row in rows if row["event_date"] <= FIRST}
    after = [row for row in rows if FIRST < row["event_date"] <= FIRST + timedelta(days=HORIZON)]
    bought = {row["item_id"] for row in after} - (before if placement == "discover" else set())
    if not bought:
        return None
    frame = table_of(RECOMMEND, made, RECOMMENDATION.name)
    shelf = frame.filter((pl.col("user_id") == user) & (pl.col("placement") == placement)).sort("rank")["item_id"]
    places = [place for place, item in enumerate(shelf.to_list()[:10], 1) if item in bought]
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(bought), 10) + 1))
    hit = {shelf[place - 1] for place in places}
    return {
        HITS: float(len(places)),
        NDCG: sum(1 / math.log2(place + 1) for place in places) / best,
        REVENUE: sum(row["revenue"] for row in after if row["item_id"] in hit),
    }


def test_every_shopper_has_the_figures_of_the_obvious_computation(shown: Settings) -> None:
    made = version_of_day(shown, RECOMMEND, FIRST), shadow_day(shown, "candidate", FIRST)
    assert made[0]
    known = read_slice(shown.slices_dir / f"{FIRST}-abc")
    later = history_of(read_slice(shown.slices_dir / f"{LAST}-abc"))
    terms = Terms(shown.k, tuple(each for each in shown.placements_on if each.name != "buy_again"))
    found = outcome_of(known, later, HORIZON, terms, (made[0], made[1]))
    rows = {(row["placement"], row["user_id"]): row for row in found.shoppers.iter_rows(named=True)}
    users = table_of(RECOMMEND, made[1], RECOMMENDATION.name)["user_id"].unique().to_list()
    hits = 0.0
    for placement in ("for_you", "discover"):
        for user in users:
            by_hand = [_by_hand(shown, version, placement, user) for version in made if version]
            assert (by_hand[0] is None) == ((placement, user) not in rows)
            for side, told in zip((SHOWN, POLICY), by_hand, strict=True):
                for name in FIGURES if told else ():
                    assert rows[placement, user][figure(name, side)] == pytest.approx(told[name])  # type: ignore[index]
                hits += told[HITS] if told else 0
    assert hits > 10, "a shop in which somebody buys what is shown"


def test_a_replay_of_what_was_shown_gains_nothing_and_a_worse_policy_loses(shown: Settings) -> None:
    same = replay(shown, "0", [FIRST], HORIZON)
    assert {each.gain for each in same.figures} == {0.0}
    assert {(each.low, each.high) for each in same.figures if each.low is not None} == {(0.0, 0.0)}
    found = replay(shown, "candidate", [FIRST], HORIZON)
    (total,) = [each for each in found.figures if (each.placement, each.by, each.name) == ("for_you", TOTAL, NDCG)]
    assert total.policy < total.shown and total.gain == pytest.approx(total.policy - total.shown)
    assert total.low is not None and total.high is not None
    assert total.low < total.gain < total.high
    assert found.outcomes[0].days == DAYS, "as many days as have landed"


def test_days_that_tell_nothing_are_left_out_and_named(shown: Settings) -> None:
    found = replay(shown, "0", [FIRST, FIRST + timedelta(days=1), LAST], HORIZON)
    assert [each.as_of for each in found.outcomes] == [FIRST]
    assert found.left_out == (FIRST + timedelta(days=1), LAST)
    assert has_later_day(shown, [FIRST, LAST]) and not has_later_day(shown, [LAST])
    with pytest.raises(ShadowRefused, match=f"found none. Run: shelduck run --as-of {LAST + timedelta(days=1)}"):
        replay(shown, "0", [LAST], HORIZON)
    with pytest.raises(ShadowRefused, match="it would know the future"):
        replay(shown, "candidate", [FIRST - timedelta(days=1), FIRST], HORIZON)


def _outcome(day: date, *rows: tuple[str, bool, float, float]) -> Outcome:
    """Of rows of shopper, whether they had bought before, and hits as shown and of the policy."""
    frame = pl.DataFrame(
        [
            {
                "placement": "for_you",
                "user_id": user,
                BOUGHT_BEFORE: before,
                ACTIVITY: "1-9 baskets" if before else "cold",
                SEGMENT: "active" if before else "cold",
                **{figure(name, side): 0.0 for name in FIGURES for side in (SHOWN, POLICY)},
                figure(HITS, SHOWN): shown,
                figure(HITS, POLICY): policy,
            }
            for user, before, shown, policy in rows
        ]
    )
    nothing = Version(day, "", None)  # type: ignore[arg-type]
    return Outcome(day, 1, nothing, nothing, frame)


def _hits(outcomes: list[Outcome], by: str) -> dict[str, Figure]:
    return {each.group: each for each in figures(outcomes) if each.by == by and each.name == HITS}


def test_means_are_over_a_days_shoppers_then_over_days_and_newcomers_are_a_group_of_their_own() -> None:
    first = _outcome(FIRST, ("a", True, 1.0, 2.0), ("b", True, 0.0, 0.0), ("c", False, 5.0, 9.0))
    second = _outcome(LAST, ("a", True, 3.0, 3.0))
    total = _hits([first, second], TOTAL)[""]
    assert (total.shoppers, total.shown, total.policy) == (2, pytest.approx(1.75), pytest.approx(2.0))
    days = _hits([first, second], DAY)
    assert {day: (each.shown, each.policy) for day, each in days.items()} == {str(FIRST): (0.5, 1.0), str(LAST): (3, 3)}
    groups = _hits([first, second], SEGMENT)
    assert list(_hits([first, second], ACTIVITY)) == ["cold", "1-9 baskets"]
    assert (groups["cold"].shown, groups["cold"].policy) == (5.0, 9.0)
    assert groups["active"].gain == pytest.approx(0.25)


def test_few_shoppers_get_no_interval_and_many_get_one_that_holds_the_gain() -> None:
    def of(number: int) -> Figure:
        rows = [(f"u{each}", True, float(each % 3), float(each % 5)) for each in range(number)]
        return _hits([_outcome(FIRST, *rows)], TOTAL)[""]

    assert of(LEAST - 1).low is None
    many = of(LEAST * 10)
    assert many.low is not None and many.high is not None and many.low < many.gain < many.high
