"""The headline figures that a training logs are those of the shelves that known shoppers then get."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.day import compute_day
from ml.placements import Placement
from ml.publish.draft import read_draft
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.promotion import promote_candidate
from ml.recommend.training import train
from ml.registry.client import connect
from ml.registry.versions import version_info
from ml.settings import Settings
from ml.warehouse.slices import Slice
from testkit.garden_slices import DAYS, EVALUATION_DAYS, garden_settings, garden_slices
from testkit.shop import FIRST_DAY
from tests.slow import takes_long

AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
ORIGIN = AS_OF - timedelta(days=EVALUATION_DAYS)
RULES = (
    {"rule_id": "no soil", "rule_type": "exclude", "item_field": "item_category", "item_value": "Soil"},
    {"rule_id": "few pots", "rule_type": "cap", "item_field": "item_category", "amount": 2.0, "placement": "for_you"},
    {"rule_id": "try", "rule_type": "explore", "amount": 0.3, "placement": "discover"},
)


@pytest.fixture(scope="module", params=[(20, ()), (7, RULES)], ids=["plain", "short lists under rules"])
@takes_long
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Slice]]:
    """A model as of the origin serves that day, and a training of the same recipe two weeks later judges it there."""
    k, rules = request.param
    settings = garden_settings(Path(tmp_path_factory.mktemp("garden")) / "var")
    settings = settings.model_copy(update={"recipes": ("ease",), "k": k})
    slices = garden_slices(settings, [ORIGIN - timedelta(days=EVALUATION_DAYS), ORIGIN, AS_OF], *rules)
    version = train(settings, [each.folder for each in slices[:2]], provenance={})
    promote_candidate(settings, version, who="a test")
    return settings, slices


def test_the_logged_figure_of_each_placement_is_that_of_its_published_shelves(
    trained: tuple[Settings, list[Slice]],
) -> None:
    settings, (_, origin, now) = trained
    published = read_draft(RECOMMEND, compute_day(settings, RECOMMEND, origin.folder)).tables["recommendation"]
    assert published.filter(pl.col("candidate_source") == "ease").height > 100
    version = train(settings, [origin.folder, now.folder], provenance={})
    logged = connect(settings).get_run(version_info(settings, MODEL, version).run_id).data.metrics
    for placement in settings.placements_on:
        wanted = _ndcg_at_10(published, placement, origin.table("history"), now.table("history"), ORIGIN)
        assert 0.02 < wanted < 0.98
        assert logged[f"{placement.name}/ndcg_at_10"] == pytest.approx(wanted, abs=5e-5), placement.name


def _ndcg_at_10(rows: pl.DataFrame, placement: Placement, known: pl.DataFrame, later: pl.DataFrame, day: date) -> float:
    """Shopper by shopper, in so many words: of who had bought something, what the placement could have shown."""
    before, after = defaultdict(set), defaultdict(set)
    for user, item in known.select("user_id", "item_id").iter_rows():
        before[user].add(item)
    for user, item, when in later.select("user_id", "item_id", "event_date").iter_rows():
        if when > day and user in before:
            is_wanted = {"anything": True, "not_seen": item not in before[user], "seen": item in before[user]}
            if is_wanted[placement.eligible]:
                after[user].add(item)
    shown = defaultdict(dict)
    for user, rank, item in rows.filter(placement=placement.name).select("user_id", "rank", "item_id").iter_rows():
        shown[user][rank] = item
    scores = []
    for user, wanted in after.items():
        gained = sum(1 / math.log2(rank + 1) for rank, item in shown[user].items() if rank <= 10 and item in wanted)
        scores.append(gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), 10) + 1)))
    return sum(scores) / len(scores)
