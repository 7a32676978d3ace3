"""What a dbt run does when memory is short."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.warehouse import dbt
from ml.warehouse.build import variables
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import LAST, TinyShop, bytes_of

TOO_LITTLE = "2MB"


def test_where_models_at_once_find_too_little_memory_they_run_one_at_a_time_and_end_the_same(
    built_shop: TinyShop,
    built: dict[date, Slice],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    invoke = dbt._invoke

    def short_of_memory_with_two(settings: Any, arguments: Sequence[str], manifest: Any) -> Any:
        if os.environ["SHELDUCK_MODELS_AT_ONCE"] != "1":
            monkeypatch.setenv("SHELDUCK_MEMORY_LIMIT", TOO_LITTLE)
        return invoke(settings, arguments, manifest)

    (built[LAST].folder / "feat_user.parquet").unlink()
    monkeypatch.setattr(dbt, "_invoke", short_of_memory_with_two)

    again = built_shop.build(LAST)

    assert any("again, one at a time" in record.message for record in caplog.records)
    assert bytes_of(again) == bytes_of([built[LAST]])


@pytest.mark.parametrize("model", ["feat_user_item", "int_interactions_aggregated_to_user_item_days"])
def test_a_build_that_finds_too_little_memory_says_which_setting_to_raise_also_of_a_model_in_batches(
    tmp_path: Path, built_home: Path, caplog: pytest.LogCaptureFixture, model: str
) -> None:
    shop = TinyShop(shutil.copytree(built_home, tmp_path / "var"))
    short = shop.settings.model_copy(update={"memory_limit": TOO_LITTLE})
    last = ("--event-time-start", str(LAST), "--event-time-end", str(LAST + timedelta(days=1)))
    with pytest.raises(dbt.NodesFailed, match="Raise SHELDUCK_MEMORY_LIMIT") as failed:
        dbt.run(short, "run", variables(short, [LAST], None), "--select", model, *last)
    assert "Out of Memory" in failed.value.found
    assert "Possible solutions" not in str(failed.value)
    assert sum("again, one at a time" in record.message for record in caplog.records) == 1
