"""A shop of stars instead of purchases: the settings of its kind, its files in the layout of MovieLens."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from ml.landing.adapters.adapt import Request as Export
from ml.landing.adapters.adapt import adapt
from ml.landing.adapters.kinds import kind_named
from ml.landing.load import land
from ml.presets import KINDS
from ml.publish.readers import read_table
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.history import history_of
from ml.recommend.model import MODEL
from ml.recommend.models.biased_svd import BiasedSVD
from ml.recommend.promotion import promote_candidate
from ml.recommend.training import train
from ml.registry.tracking import run_tags
from ml.registry.versions import version_info
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.slices import Slice
from testkit.day import run_day
from testkit.ratings import Site, write_movielens

SITE = Site()
LAST = SITE.calendar[-1]
PAIR = ["user_id", "item_id"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The last day is published, gates included, with a model that was trained two weeks before."""
    kind = {**KINDS["ratings"], "recipes": ("als",)}
    settings = Settings(home=tmp_path_factory.mktemp("stars"), timezone="UTC", k=5, evaluation_days=14, **kind)
    source = tmp_path_factory.mktemp("source") / "ml-none"
    write_movielens(source, SITE)
    assert not adapt(settings, Export(kind_named("movielens"), source, None, True)).faults
    land(settings, LAST)
    promote_candidate(settings, _trained(settings, as_of=LAST - timedelta(days=14)), who="a test")
    run_day(settings, LAST)
    return settings


def _trained(settings: Settings, as_of: date) -> int:
    """The version of a training by plain calls of what the DAG's tasks call."""
    days = [as_of - timedelta(days=settings.evaluation_days), as_of]
    slices = build(settings, days, holder="a test", to_publish=False)
    return train(settings, [each.folder for each in slices], provenance={})


@pytest.fixture(scope="module")
def day(settings: Settings) -> Slice:
    (day,) = build(settings, [LAST], holder="a test")
    return day


def test_no_shelf_holds_what_the_viewer_rated(settings: Settings, day: Slice) -> None:
    rows, rated = read_table(settings, RECOMMEND, "recommendation"), day.table("rating")
    assert set(rows["placement"]) == {"for_you", "discover"}
    assert rows["user_id"].n_unique() == SITE.viewers
    assert rated.select(PAIR).n_unique() > 1000
    assert rows.join(rated, on=PAIR, how="semi").is_empty()


def test_no_reason_speaks_of_buying_or_of_a_film_that_the_viewer_disliked(settings: Settings, day: Slice) -> None:
    rows, disliked = read_table(settings, RECOMMEND, "recommendation"), history_of(day).disliked
    assert len(disliked) > 100
    assert rows.filter(pl.col("reason_text").str.contains("(?i)bought|bought_")).is_empty()
    assert rows.filter(pl.col("reason_text").str.starts_with("Because you liked Film ")).height > 100
    evidence = rows.select("user_id", item_id="evidence_item_ids").explode("item_id").drop_nulls()
    assert evidence.join(disliked, on=PAIR, how="semi").is_empty()


def test_whoever_comes_tomorrow_finds_a_default_shelf_for_each_placement(settings: Settings) -> None:
    rows = read_table(settings, RECOMMEND, "default_shelf")
    assert dict(rows.group_by("placement").len().iter_rows()) == {"for_you": 5, "discover": 5}
    assert rows["reason_text"].str.contains("^Popular: [0-9]+ shoppers liked it in the last 28 days$").any()


def test_what_counts_as_liked_is_the_last_word_of_the_viewer(settings: Settings, day: Slice) -> None:
    liked, rated = day.table("history"), day.table("rating")
    last = rated.sort("event_date").group_by(PAIR).last()
    assert set(last["rating"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    wanted = last.filter(pl.col("rating") >= settings.liked_from).select(PAIR).sort(PAIR)
    assert liked.select(PAIR).unique().sort(PAIR).equals(wanted)


def test_ratings_to_come_are_predicted_better_than_by_the_mean(day: Slice) -> None:
    history, items, cut = history_of(day), Items(day.table("dim_item")), date(2025, 5, 20)
    known, to_come = history.until(cut), history.after(cut, 28).ratings
    users = known.ratings["user_id"].unique().sort().to_list()
    request = Request(users, known, items, cut, k=SITE.films)
    predicted = BiasedSVD(factors=8, regularization=3.0).fit(known, items, cut).recommend(request).frame
    both = to_come.join(predicted.filter(candidate_source="biased_svd"), on=PAIR)
    mean = known.ratings["rating"].mean()
    error, naive = (
        both.select(((pl.col("rating") - guess) ** 2).mean().sqrt()).item() for guess in (pl.col("score"), pl.lit(mean))
    )
    assert len(both) > 100
    assert error < 0.8 * naive


def test_a_training_keeps_popularity_until_a_recipe_is_significantly_better(settings: Settings) -> None:
    young = settings.model_copy(update={"recipes": ("popularity", "als", "biased_svd")})
    version = _trained(young, as_of=SITE.calendar[34])
    tags = run_tags(settings, version_info(settings, MODEL, version).run_id)
    assert '"recipe": "popularity"' in tags["evidence.discover"]
    assert '"is_refreshed": false' in tags["evidence.discover"]
