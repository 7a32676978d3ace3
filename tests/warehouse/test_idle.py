"""Which models a day's build leaves out."""

from __future__ import annotations

import logging
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.warehouse.connection import connect
from ml.warehouse.idle import idle_models
from ml.warehouse.lineage import dated_relations, landing_tables
from ml.warehouse.slices import DIM_CONSENT, Slice
from tests.warehouse.tiny_shop import AS_OF, LAST, TinyShop

LANDED = {"interactions", "items", "users", "promotions"}


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
