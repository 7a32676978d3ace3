"""Which models a day's build leaves out."""

from __future__ import annotations

import logging
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.console.experiments import prepared
from ml.predictions.capability import PREDICTIONS
from ml.profile.capability import PROFILE
from ml.recommend.capability import RECOMMEND
from ml.warehouse.build import build
from ml.warehouse.connection import connect
from ml.warehouse.left_out import idle_models
from ml.warehouse.lineage import dated_relations, landing_tables
from ml.warehouse.slices import DIM_CONSENT, Slice
from ml.warehouse.training_snapshots import kept_for_training
from tests.warehouse.tiny_shop import AS_OF, LAST, TinyShop, bytes_of

LANDED = {"interactions", "items", "users", "promotions"}
NOT_READ = {
    *("affinity_base", "customer_affinity", "customer_profile", "customer_purchase_day", "feat_customer"),
    *("int_baskets_ranked_to_preferences", "int_purchases_aggregated_to_lifetimes"),
    *("int_purchases_ranked_to_price_bands", "int_sends_matched_to_engagements"),
    *("dim_audience", "dim_audience_user", "dim_tag", "dim_review_aspect", "fct_review", "dim_shop_document"),
    *("copy_decision", "copy_text", "dim_copy_brief", "dim_copy_brief_item", "dim_copy_term"),
}
"""The tables that capabilities other than `recommend` alone are made of, but for sums per arrival date."""


@pytest.fixture
def built_before(tmp_path: Path, built_home: Path) -> TinyShop:
    """A shop of its own that built every model once."""
    return TinyShop(shutil.copytree(built_home, tmp_path / "var"))


def test_models_of_tables_that_were_never_landed_hold_no_row_and_are_left_out(built_shop: TinyShop) -> None:
    with connect(built_shop.settings, read_only=True) as connection:
        idle = idle_models(connection)

    assert idle == [name for name in dated_relations() if LANDED.isdisjoint(landing_tables((name,)))]
    assert DIM_CONSENT in idle
    assert "feat_user" not in idle


def test_a_model_that_still_holds_rows_is_built(built_before: TinyShop) -> None:
    with connect(built_before.settings) as connection:
        connection.execute(f"insert into marts.{DIM_CONSENT} values (date '{LAST}', 'user0', 'recommend', true)")

        assert DIM_CONSENT not in idle_models(connection)


@pytest.mark.slow
def test_a_left_out_model_is_exported_without_rows_and_is_built_once_its_table_is_landed(
    built_before: TinyShop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    without = _built(built_before, AS_OF[2] - timedelta(days=1))
    ran = {record.getMessage() for record in caplog.records}

    assert not any(f"dbt build: {DIM_CONSENT} " in message for message in ran)
    assert any("dbt build: feat_user " in message for message in ran)
    assert without.table(DIM_CONSENT).is_empty()

    consent = {"user_id": "user0", "purpose": "recommend", "granted": True, "granted_ts": "2017-11-01T00:00:00Z"}
    built_before.write("consents", [{"arrival": LAST, **consent}])
    built_before.land()

    assert _built(built_before, LAST).table(DIM_CONSENT)["user_id"].to_list() == ["user0"]


def _built(shop: TinyShop, day: date) -> Slice:
    [made] = shop.build(day)
    return made


@pytest.mark.slow
def test_what_only_capabilities_that_are_off_read_is_not_built_its_rows_go_and_the_rest_is_the_same(
    landed_home: Path, built_before: TinyShop, built: dict[date, Slice]
) -> None:
    fresh = TinyShop(shutil.copytree(landed_home, built_before.settings.home.with_name("fresh")))
    whole = _tables(built_before)
    for shop, day in ((built_before, AS_OF[2] - timedelta(days=1)), (fresh, AS_OF[2])):
        off = shop.settings.model_copy(update={"capabilities": (RECOMMEND.name,)})
        [made] = build(off, [day])
        assert set(made.record["tables"]) == set(RECOMMEND.reads)
        assert whole - _tables(shop) == NOT_READ

    assert made.record["files"].items() < built[AS_OF[2]].record["files"].items()


@pytest.mark.slow
def test_a_capability_that_is_switched_on_later_finds_its_rows_of_any_day(
    landed_home: Path, tmp_path: Path, built: dict[date, Slice]
) -> None:
    shop = TinyShop(shutil.copytree(landed_home, tmp_path / "var"))
    off = shop.settings.model_copy(update={"capabilities": (RECOMMEND.name,)})
    [without] = build(off, [LAST])
    [asked_for] = build(off, [LAST], capability=PROFILE)
    assert set(asked_for.record["tables"]) == {*RECOMMEND.reads, *PROFILE.reads}

    [whole] = shop.build(LAST)

    assert whole.folder == without.folder == asked_for.folder
    assert bytes_of([whole]) == bytes_of([built[LAST]])


@pytest.mark.slow
def test_a_day_that_a_capability_switched_on_later_compares_keeps_its_tables_and_is_still_learned_from(
    landed_home: Path, tmp_path: Path
) -> None:
    shop = TinyShop(shutil.copytree(landed_home, tmp_path / "var"))
    off = shop.settings.model_copy(update={"capabilities": (RECOMMEND.name,)})
    [before] = build(off, [LAST - timedelta(days=1)], to_publish=False)
    held = before.record["files"]

    build(shop.settings, [LAST], capability=PREDICTIONS)

    again = Slice(before.folder, before.as_of, before.inputs_hash)
    assert again.is_intact({*RECOMMEND.reads, *PREDICTIONS.compared})
    assert {name: again.record["files"][name] for name in held} == held
    assert again.folder in kept_for_training([again.folder])


@pytest.mark.slow
def test_recommenders_are_judged_also_where_recommend_is_switched_off(landed_home: Path, tmp_path: Path) -> None:
    shop = TinyShop(shutil.copytree(landed_home, tmp_path / "var"))
    off = shop.settings.model_copy(update={"capabilities": (f"-{RECOMMEND.name}",)})

    judged, _ = prepared(off, [LAST], [], "a test")

    assert set(RECOMMEND.reads) <= set(judged[0].record["tables"])


def _tables(shop: TinyShop) -> set[str]:
    with connect(shop.settings, read_only=True) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema in ('marts', 'intermediate')"
        )
        return {name for (name,) in found.fetchall()}
