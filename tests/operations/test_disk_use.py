"""Housekeeping with tiny ages: disk use stops growing; without housekeeping it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.settings import Settings
from testkit.disk_use import growth, simulate

TINY = {"kept_published_days": 3, "kept_report_days": 3, "kept_log_days": 3, "kept_draft_days": 1, "kept_slices": 2}
GROWING = ("published", "slices", "reports", "airflow")
"""What grows with the days that are kept."""


@pytest.mark.slow
def test_disk_use_levels_off(tmp_path: Path) -> None:
    tidied = list(simulate(Settings(home=tmp_path / "tidied", history_days=28, **TINY), 15, tidied=True))
    left = list(simulate(Settings(home=tmp_path / "left", history_days=28, **TINY), 15, tidied=False))
    after = (6, 13)  # the days on which it was tidied
    for folder in GROWING:
        assert tidied[after[1]][folder] <= 1.05 * tidied[after[0]][folder], folder
        assert left[after[1]][folder] > 1.5 * left[after[0]][folder], folder
    for series in (tidied, left):
        assert series[-1]["databases"] <= 1.05 * series[1]["databases"], "of two versions, however many there are"
    assert tidied[-1]["warehouse"] <= left[-1]["warehouse"]
    lasting = [{folder: held for folder, held in day.items() if folder in GROWING} for day in left]
    assert growth(lasting) > 1.1
