"""Shops whose past is too short, or empty, to learn from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.errors import NothingToLearn
from ml.predictions.bundle import read_bundle
from ml.predictions.columns import Customer
from ml.predictions.model import MODEL
from ml.predictions.promotion import promote_candidate
from ml.predictions.training import train
from ml.publish.readers import manifest, read_table
from ml.registry.candidates import Answer
from ml.registry.client import may_have_models
from ml.registry.ledger import promotions
from ml.registry.registration import download_bundle
from ml.settings import Settings
from tests.predictions.people import AS_OF
from tests.predictions.snapshots import PREDICTIONS, SHOP, published, snapshot

TABLE = "customer_prediction"


def test_a_shop_a_week_old_publishes_no_prediction_and_says_why(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    buys = {f"s{number}": {AS_OF - timedelta(days=number % 7): 5.0} for number in range(20)}
    folder = snapshot(settings, AS_OF, buys)
    features = pl.read_parquet(folder / "feat_customer.parquet").with_columns(pl.lit(7.0).alias(Customer.shop_days))
    features.write_parquet(folder / "feat_customer.parquet")
    version = published(settings, folder)
    told = manifest(settings, PREDICTIONS, version)
    assert told.counts["withheld"] == "the shop has 7 days of purchases; predictions need 28"
    assert read_table(settings, PREDICTIONS, TABLE, version).is_empty()


def test_a_young_shop_trains_the_simple_baseline_and_says_that_nothing_could_be_judged(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var", threads=1)
    young = {
        user: {day: paid for day, paid in their.items() if day > AS_OF - timedelta(days=40)}
        for user, their in SHOP.buys().items()
    }
    young = {user: their for user, their in young.items() if their}
    version = train(settings, [snapshot(settings, AS_OF, young)], provenance={})
    assert set(read_bundle(download_bundle(settings, MODEL, version)).contenders.values()) == {"last_90_days"}
    promote_candidate(settings, version, who="somebody", approval=Answer("I looked at it", "evidence"))
    why = promotions(settings, MODEL)[0].why
    assert why.startswith("I looked at it; ") and "no past day can be judged yet" in why


def test_a_shop_where_nobody_bought_anything_gets_no_model(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    with pytest.raises(NothingToLearn, match=r"no purchase.*SHELDUCK_PURCHASE_EVENTS"):
        train(settings, [snapshot(settings, AS_OF, {})], provenance={})
    assert not may_have_models(settings)
