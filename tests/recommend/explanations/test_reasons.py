"""Every claim of every reason is read back and checked against the slice, row by row."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from ml.recommend.explanations import reasons
from ml.recommend.explanations.reasons import Facts, explain
from ml.recommend.explanations.wording import wording_of
from ml.recommend.popular import popular_items, recent_buyers
from ml.recommend.similar_items.similar import similar_items
from tests.recommend.conftest import AS_OF, Event, history_of

BOUGHT = re.compile(
    r"You bought this (?:(twice|\d+ times), most recently )?on (\d+ [A-Z][a-z]+(?: \d{4})?)"
    r"(?:, (?:about every (\d+) days|(almost every day)))?"
)
BECAUSE = re.compile(r"Because you bought (.+): (?:bought together (\d+) times|(\d+) shoppers bought both)")
POPULAR = re.compile(r"Popular: (\d+) shoppers bought it in the last 28 days")
NEW = re.compile(r"New to you(?: in (\w+), where you bought (\d+) items?|, from (\w+))?")


def visits(seed: int) -> Iterator[Event]:
    """Sixty shoppers with favourites, who fill a basket on each of twelve days; two items sell elsewhere only."""
    dice = random.Random(seed)
    for place in range(60):
        favourites = [(place // 10 * 12 + step) % 72 for step in range(10)]
        for age in dice.sample(range(100), 12):
            for item in [*dice.sample(favourites, 3), dice.randrange(72)]:
                yield f"u{place:02}", f"i{item:02}", age, 1
    yield "u00", "i98", 50, 1
    yield "u01", "i99", 50, 1


class Shop:
    """A shop whose shoppers are shown everything, and one who never bought."""

    def __init__(self, seed: int) -> None:
        self.history = history_of(sorted(set(visits(seed)))).frame
        ids = [*self.history["item_id"].unique().sort(), "never_sold", "nameless"]
        self.items = pl.DataFrame(
            {
                "item_id": ids,
                "item_name": [f"Thing {item}" for item in ids[:-1]] + [None],
                "item_category": [f"aisle{place % 9}" if place % 10 else None for place in range(len(ids))],
                "is_recommendable": True,
            }
        )
        self.similar = similar_items(self.history, self.items, 10, min_support=4)
        users = [*self.history["user_id"].unique().sort(), "cold"]
        everything = pl.DataFrame({"user_id": users}).join(pl.DataFrame({"item_id": ids}), how="cross")
        source = pl.when(pl.col("item_id").str.ends_with("7")).then(pl.lit("popularity")).otherwise(pl.lit("als"))
        self.shelves = everything.with_columns(source.alias("candidate_source"), pl.lit("for_you").alias("placement"))
        self.explained = explain(self.shelves, Facts(self.history, self.items, self.similar, AS_OF))

    def days(self, user: str, item: str) -> list[date]:
        return sorted(set(self.history.filter(user_id=user, item_id=item)["event_date"]))

    def rows(self, code: str) -> list[dict[str, object]]:
        return list(self.explained.filter(reason_code=code).iter_rows(named=True))


@pytest.fixture(scope="module", params=[1, 2])
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(request.param)


def test_rows_keep_their_order_and_each_has_a_reason(shop: Shop) -> None:
    assert shop.explained.select(shop.shelves.columns).equals(shop.shelves)
    assert shop.explained.select("reason_code", "reason_text", "evidence_item_ids").null_count().row(0) == (0, 0, 0)
    codes = Counter(shop.explained["reason_code"])
    assert set(codes) == {"bought_before", "bought_together", "similar_to", "popular", "new_in_category"}


def test_bought_before_says_how_often_when_last_and_how_regularly(shop: Shop) -> None:
    pairs = set(shop.history.select("user_id", "item_id").iter_rows())
    rows = shop.rows("bought_before")
    assert {(row["user_id"], row["item_id"]) for row in rows} == pairs
    for row in rows:
        times, last, every, daily = BOUGHT.fullmatch(str(row["reason_text"])).groups()  # type: ignore[union-attr]
        days = shop.days(str(row["user_id"]), str(row["item_id"]))
        assert {None: 1, "twice": 2}.get(times) == len(days) or times == f"{len(days)} times"
        said = datetime.strptime(last if " 20" in last else f"{last} {AS_OF.year}", "%d %B %Y").date()
        assert said == days[-1]
        assert bool(every or daily) == (len(days) > 2)
        if every:
            assert int(every) == pytest.approx((days[-1] - days[0]).days / (len(days) - 1), abs=0.5)
        assert row["evidence_item_ids"] == [row["item_id"]]


@pytest.mark.parametrize(("code", "relation"), [("bought_together", "bought_together"), ("similar_to", "similar")])
def test_because_names_what_the_shopper_bought_and_how_many_prove_it(shop: Shop, code: str, relation: str) -> None:
    names = dict(shop.items.select("item_id", "item_name").iter_rows())
    bought_on = {key: set(day["event_date"]) for key, day in shop.history.group_by("user_id", "item_id")}
    for row in shop.rows(code):
        evidence = row["evidence_item_ids"]
        assert isinstance(evidence, list)
        assert 1 <= len(evidence) <= 3
        assert all((row["user_id"], item) in bought_on for item in evidence)
        assert (row["user_id"], row["item_id"]) not in bought_on
        name, together, both = BECAUSE.fullmatch(str(row["reason_text"])).groups()  # type: ignore[union-attr]
        assert name == (names[evidence[0]] or evidence[0])
        buyers = {user for user, item in bought_on if item == row["item_id"]} & {
            user for user, item in bought_on if item == evidence[0]
        }
        shared = sum(len(bought_on[user, row["item_id"]] & bought_on[user, evidence[0]]) for user in buyers)
        assert int(together or both) == (shared if relation == "bought_together" else len(buyers))


def test_popular_counts_the_shoppers_of_the_last_28_days(shop: Shop) -> None:
    window = shop.history.filter(pl.col("event_date") > AS_OF - timedelta(days=28))
    for row in shop.rows("popular"):
        said = int(POPULAR.fullmatch(str(row["reason_text"])).group(1))  # type: ignore[union-attr]
        assert said == window.filter(item_id=row["item_id"])["user_id"].n_unique() >= 3
        assert row["evidence_item_ids"] == []


def test_new_says_only_what_the_shopper_knows_of_the_category(shop: Shop) -> None:
    category = dict(shop.items.select("item_id", "item_category").iter_rows())
    for row in shop.rows("new_in_category"):
        where, count, origin = NEW.fullmatch(str(row["reason_text"])).groups()  # type: ignore[union-attr]
        bought = set(shop.history.filter(user_id=row["user_id"])["item_id"])
        alike = {item for item in bought if category[item] and category[item] == category[str(row["item_id"])]}
        assert row["item_id"] not in bought
        assert (where or origin) == category[str(row["item_id"])]
        assert int(count or 0) == len(alike)
        assert isinstance(row["evidence_item_ids"], list)
        assert set(row["evidence_item_ids"]) <= alike
        assert bool(row["evidence_item_ids"]) == bool(alike)


def test_a_row_chosen_for_popularity_says_so_before_any_relation(shop: Shop) -> None:
    popular = set(popular_items(shop.history, shop.items, AS_OF, 200).filter(pl.col("score") >= 3)["item_id"])
    chosen = shop.explained.filter(candidate_source="popularity").filter(pl.col("item_id").is_in(popular))
    codes = set(chosen["reason_code"])
    assert codes == {"bought_before", "popular"}
    others = shop.explained.filter(candidate_source="als").filter(pl.col("item_id").is_in(popular))
    assert "bought_together" in set(others["reason_code"])


def test_a_shopper_without_history_is_told_no_tale(shop: Shop) -> None:
    cold = shop.explained.filter(user_id="cold")
    assert set(cold["reason_code"]) == {"popular", "new_in_category"}
    assert cold["evidence_item_ids"].list.len().sum() == 0


def test_the_order_of_the_history_changes_no_reason(shop: Shop) -> None:
    shuffled = shop.history.sample(fraction=1, shuffle=True, seed=3)
    again = explain(shop.shelves, Facts(shuffled, shop.items, shop.similar.reverse(), AS_OF))
    assert again.equals(shop.explained)


def test_an_older_year_is_named_and_a_long_name_is_cut() -> None:
    history = history_of([("u0", "tea", 100, 1)]).frame
    items = pl.DataFrame({"item_id": ["tea", "cake"], "item_name": ["x" * 90, "Cake"], "item_category": ["a", "a"]})
    similar = pl.DataFrame(
        {
            "relation": "similar",
            "item_id": "cake",
            "rank": 1,
            "related_item_id": "tea",
            "score": 0.5,
            "support": 7,
            "lift": 2.0,
        }
    )
    shelves = pl.DataFrame(
        {"placement": "for_you", "user_id": "u0", "item_id": ["tea", "cake"], "candidate_source": "als"}
    )
    texts = explain(shelves, Facts(history, items, similar, AS_OF))["reason_text"].to_list()
    assert texts == ["You bought this on 22 December 2023", f"Because you bought {'x' * 59}…: 7 shoppers bought both"]


def test_the_item_bought_is_told_apart_from_the_one_shown_where_their_names_read_alike() -> None:
    """Each salad stands on the shelf because of another; the fruit bowl is named as it is."""
    ids = ["green", "mixed", "plain", "bowl"]
    history = history_of([("u0", "mixed", 9, 1)]).frame
    items = pl.DataFrame(
        {
            "item_id": ids,
            "item_name": ["SALAD", "SALAD", "Salad", "FRUIT"],
            "item_brand": ["Own", "Other", "Other", "Own"],
            "item_category": "deli",
        }
    )
    links = pl.DataFrame({"item_id": ["green", "plain", "bowl"], "related_item_id": "mixed"})
    similar = links.with_columns(relation=pl.lit("similar"), rank=1, score=0.5, support=7, lift=2.0)
    shelves = links.select("item_id").with_columns(user_id=pl.lit("u0"), candidate_source=pl.lit("als"))
    texts = explain(shelves, Facts(history, items, similar, AS_OF))["reason_text"].to_list()
    assert texts == [
        "Because you bought SALAD (Other; this one is Own): 7 shoppers bought both",
        "Because you bought SALAD (item mixed; this one is item plain): 7 shoppers bought both",
        "Because you bought SALAD: 7 shoppers bought both",
    ]


@pytest.mark.parametrize(
    ("events", "texts"),
    [
        (("purchase",), ["You bought this on 30 March", "Because you bought Tea: 2 shoppers bought both"]),
        (("rate",), ["You rated this on 30 March", "Because you liked Tea: 2 shoppers liked both"]),
        (("view_item",), ["You viewed this on 30 March", "Because you viewed Tea: 2 shoppers viewed both"]),
        (("purchase", "rate"), ["You chose this on 30 March", "Because you chose Tea: 2 shoppers chose both"]),
    ],
)
def test_a_reason_is_in_the_words_of_the_shops_events(events: tuple[str, ...], texts: list[str]) -> None:
    shelves = pl.DataFrame({"placement": "p", "user_id": "ann", "item_id": ["tea", "jam"], "candidate_source": "als"})
    items = pl.DataFrame({"item_id": ["tea", "jam"], "item_name": ["Tea", "Jam"], "item_category": "Food"})
    link = {"relation": "similar", "item_id": "jam", "rank": 1, "related_item_id": "tea", "score": 0.5, "support": 2}
    similar = pl.DataFrame([{**link, "confidence": 0.5, "lift": 2.0}])
    history = history_of([("ann", "tea", 1, 1)]).frame
    facts = Facts(history, items, similar, AS_OF, wording_of(events))
    assert explain(shelves, facts)["reason_text"].to_list() == texts


def test_a_shards_reasons_are_those_of_the_whole_day_and_what_is_popular_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop, counted = Shop(3), []
    facts = Facts(shop.history, shop.items, shop.similar, AS_OF)
    monkeypatch.setattr(reasons, "recent_buyers", lambda *of: counted.append(of) or recent_buyers(*of))
    users = shop.shelves["user_id"].unique().sort().to_list()
    shards = [shop.shelves.filter(pl.col("user_id").is_in(part)) for part in (users[:20], users[20:])]
    explained = pl.concat([explain(shard, facts) for shard in shards])
    in_order = (each.sort("user_id", maintain_order=True) for each in (explained, shop.explained))
    assert next(in_order).equals(next(in_order))
    assert set(explained["reason_code"]) >= {"bought_before", "bought_together", "popular", "new_in_category"}
    assert len(counted) == 1
