"""A day's draft: the same tables however it is cut and whatever memory and threads it gets, also after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from ml.day import compute_day
from ml.placements import NEWCOMER, SHOP, on
from ml.publish.content import table_hash
from ml.publish.draft import read_draft
from ml.recommend import daily
from ml.recommend.capability import RECOMMEND
from ml.recommend.code import recommend_revision
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.policy import Policy
from ml.recommend.rules.rule_set import Rule, RuleSet
from ml.recommend.text_vectors import vectors
from ml.settings import Settings
from ml.text import encoder
from ml.warehouse.slices import read_slice
from tests.recommend.conftest import AS_OF


def content(draft: Path) -> dict[str, str]:
    tables = read_draft(RECOMMEND, draft).tables
    assert tables[RECOMMENDATION.name]["user_id"].n_unique() == 43
    return {table.name: table_hash(table, tables[table.name]) for table in RECOMMEND.outputs}


def settings_of(day: Path, **values: object) -> Settings:
    return Settings(home=day.parents[1], k=5, **values)


def test_shards_memory_and_threads_change_no_table(day: Path) -> None:
    whole = content(compute_day(settings_of(day), RECOMMEND, day))
    for size, threads in ((14, 1), (42, 3)):
        cut = settings_of(day, shard_users=size, threads=threads, memory_budget=16 * 2**20)
        assert content(compute_day(cut, RECOMMEND, day)) == whole


_OF_TEXTS = {"item_vector", "similar_item"}


def test_vectors_of_texts_change_no_shelf_and_their_cache_changes_nothing(
    day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _never_sold(day)
    monkeypatch.setattr(vectors, "_remembered", {})
    settings = settings_of(day)
    first = content(compute_day(settings, RECOMMEND, day))
    kept = list(settings.text_vectors_dir.iterdir())
    assert len(kept) == 1
    kept[0].unlink()
    monkeypatch.setattr(vectors, "_remembered", {})
    assert content(compute_day(settings, RECOMMEND, day)) == first
    monkeypatch.setattr(encoder, "is_installed", lambda: False)
    without = content(compute_day(settings, RECOMMEND, day))
    assert {name for name in first if first[name] != without[name]} == _OF_TEXTS


def test_every_recommendable_item_has_a_vector_and_a_list_by_text_only_where_it_has_no_other(day: Path) -> None:
    _never_sold(day)
    tables = read_draft(RECOMMEND, compute_day(settings_of(day), RECOMMEND, day)).tables
    recommendable = set(read_slice(day).table("dim_item").filter(pl.col("is_recommendable"))["item_id"])
    assert set(tables["item_vector"]["item_id"]) == recommendable
    by_text = pl.col("relation") == "similar_text"
    told, others = (set(tables["similar_item"].filter(where)["item_id"]) for where in (by_text, ~by_text))
    assert told == {"never_sold"} and len(others) > 20


def _never_sold(day: Path) -> None:
    """Give the catalogue an item that nobody bought, called like one that many did."""
    catalogue = pl.read_parquet(day / "dim_item.parquet")
    new = catalogue.filter(item_id="i05").with_columns(item_id=pl.lit("never_sold"), is_recommendable=True)
    pl.concat([catalogue, new]).write_parquet(day / "dim_item.parquet")


def test_a_killed_scoring_goes_on_where_it_was(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(day, shard_users=20)
    whole = content(compute_day(settings, RECOMMEND, day))
    scored, explained = [], daily.explain

    def until_second(shelves: pl.DataFrame, *rest: object) -> pl.DataFrame:
        scored.append(shelves["user_id"].n_unique())
        if len(scored) == 2:
            raise KeyboardInterrupt
        return explained(shelves, *rest)

    monkeypatch.setattr(daily, "explain", until_second)
    with pytest.raises(KeyboardInterrupt):
        compute_day(settings, RECOMMEND, day)
    assert content(compute_day(settings, RECOMMEND, day)) == whole
    assert scored == [20, 20, 20, 3, 1]
    assert list(_parts(settings)) == []


def _parts(settings: Settings) -> Iterator[Path]:
    return settings.drafts_of("recommend").glob(".parts-*")


@pytest.mark.parametrize("recipe", ["sure", "unsure"])
def test_screens_are_ordered_by_value_where_every_recommender_gives_probabilities(day: Path, recipe: str) -> None:
    models: dict[str, Any] = {
        name: SimpleNamespace(scores_are_probabilities=name == "sure") for name in ("sure", "unsure")
    }
    policy = Policy("shelf", "", on(SHOP), {"for_you": "sure", "discover": recipe, "buy_again": "sure"})
    (home,) = daily._layouts(read_slice(day), policy, models)
    assert home.is_by_value is (recipe == "sure")
    money = replace(policy, objectives={"for_you": "revenue"})
    assert not daily._layouts(read_slice(day), money, models)[0].is_by_value, "a probability and money have two units"


def test_what_is_new_and_anything_are_asked_at_once_of_one_recommender_on_shelves_without_rules() -> None:
    policy = Policy("shelf", "", on(SHOP), {"for_you": "a", "discover": "a", "buy_again": "b"})
    free = RuleSet((), AS_OF)
    assert daily._asked_for_both(policy, free) == {"for_you", "discover"}
    ruled = RuleSet((Rule("quiet", "fatigue", "discover"),), AS_OF)
    assert daily._asked_for_both(policy, ruled) == set(), "rules ask for other items and lengths"
    assert daily._asked_for_both(replace(policy, objectives={"for_you": "revenue"}), free) == set()
    assert daily._asked_for_both(replace(policy, recipes={**policy.recipes, "discover": "b"}), free) == {
        "discover",
        "buy_again",
    }


def test_a_draft_holds_a_screen_for_every_shopper_and_its_record_names_the_code_and_the_order(day: Path) -> None:
    draft = read_draft(RECOMMEND, compute_day(settings_of(day), RECOMMEND, day))
    slots = draft.tables["page_slot"]
    assert slots["user_id"].n_unique() == 44, "and that of whoever has no shelf"
    assert slots.select("user_id", "item_id").is_unique().all()
    by_default = slots.filter(pl.col("user_id") == NEWCOMER)
    assert len(by_default) >= 5
    assert set(by_default["recommendation_id"]) <= set(draft.tables["default_shelf"]["recommendation_id"])
    others = slots.filter(pl.col("user_id") != NEWCOMER)
    assert set(others["recommendation_id"]) <= set(draft.tables["recommendation"]["recommendation_id"])
    assert draft.record.code_revision == recommend_revision()
    (told,) = draft.record.policy["layouts"]  # type: ignore[misc]
    assert told["layout"] == "home" and told["order"] == "landed"  # type: ignore[index,call-overload]


def test_a_day_of_policy_0_has_an_empty_table_of_probabilities_and_its_record_says_why(day: Path) -> None:
    draft = read_draft(RECOMMEND, compute_day(settings_of(day), RECOMMEND, day))
    assert draft.tables["purchase_probability"].is_empty()
    told = draft.record.counts["purchase_probability"]
    assert told == {"why_empty": "no recommender gives probabilities: buy_it_again, popularity"}
