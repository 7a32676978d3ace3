"""A shop of stars instead of purchases, brought by the documented steps: ratings reach who reads them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from expectations.gates import gate_draft, gate_slice
from ml.landing.load import land
from ml.publish.draft import read_draft
from ml.recommend.daily import recommend_day
from ml.recommend.models.biased_svd import BiasedSVD
from ml.recommend.protocol import Interactions, Items, Request
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.slices import Slice

FIRST, DAYS = date(2025, 4, 1), 61
LAST = FIRST + timedelta(days=DAYS - 1)
VIEWERS, FILMS = 60, 50


def write_ratings(landing: Path) -> None:
    """Viewers of two tastes rate films from 1 to 5, one or two a day; some are generous, some films are good."""
    draw = np.random.default_rng(11)
    taste, style = draw.standard_normal((VIEWERS, 2)), draw.standard_normal((FILMS, 2))
    liking = 3.2 + 0.5 * draw.standard_normal((VIEWERS, 1)) + 0.5 * draw.standard_normal(FILMS) + 0.6 * taste @ style.T
    films = [{"item_id": f"f{film:02}", "item_name": f"Film {film}"} for film in range(FILMS)]
    _write(landing, "items", FIRST, films)
    unseen = [list(draw.permutation(FILMS)) for _ in range(VIEWERS)]
    for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
        rows = []
        for viewer in np.flatnonzero(draw.random(VIEWERS) < 0.6):
            film = int(unseen[viewer].pop()) if unseen[viewer] else int(draw.integers(FILMS))
            stars = int(np.clip(np.round(liking[viewer, film] + 0.3 * draw.standard_normal()), 1, 5))
            seen_at = datetime.combine(day, time(20), UTC).isoformat()
            event = {"event_id": f"{day}-{viewer}", "user_id": f"v{viewer:02}", "item_id": f"f{film:02}"}
            rows.append(event | {"event_type": "rate", "event_ts": seen_at, "rating": stars})
        _write(landing, "interactions", day, rows)
        mark = landing / "_closed" / day.isoformat()
        mark.parent.mkdir(exist_ok=True)
        mark.touch()


def _write(landing: Path, table: str, day: date, rows: list[dict]) -> None:
    folder = landing / table / f"dt={day}"
    folder.mkdir(parents=True)
    (folder / "ratings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("stars"), timezone="UTC", purchase_events=("rate",), k=5)


@pytest.fixture(scope="module")
def day(settings: Settings) -> Slice:
    """The last day's slice, gated, through the functions that the DAG's tasks call."""
    write_ratings(settings.landing_dir)
    land(settings, LAST, holder="a test")
    (day,) = build(settings, [LAST], holder="a test")
    gate_slice(settings, day.folder)
    return day


def test_every_viewer_has_a_shelf_to_discover(settings: Settings, day: Slice) -> None:
    draft = recommend_day(settings, day.folder)
    gate_draft(settings, draft)
    shelves = read_draft(draft).tables["recommendation"].filter(placement="discover")
    assert shelves["user_id"].n_unique() == VIEWERS
    assert shelves["rank"].max() == 5


def test_the_history_holds_every_rating(day: Slice) -> None:
    history = day.table("history")
    assert len(history) > 1500
    assert history["rating"].null_count() == 0
    assert set(history["rating"].unique()) == {1.0, 2.0, 3.0, 4.0, 5.0}


def test_ratings_to_come_are_predicted_better_than_by_the_mean(day: Slice) -> None:
    history, items, cut = Interactions(day.table("history")), Items(day.table("dim_item")), date(2025, 5, 20)
    known, to_come = history.until(cut), history.after(cut, 28).frame
    users = known.frame["user_id"].unique().sort().to_list()
    request = Request(users, known, items, cut, k=FILMS, exclude_seen=True)
    predicted = BiasedSVD(factors=8, regularization=3.0).fit(known, items, cut).recommend(request).frame
    both = to_come.join(predicted, on=["user_id", "item_id"])
    mean = known.frame["rating"].mean()
    error, naive = (
        both.select(((pl.col("rating") - guess) ** 2).mean().sqrt()).item() for guess in (pl.col("score"), pl.lit(mean))
    )
    assert len(both) > 100
    assert error < 0.8 * naive
