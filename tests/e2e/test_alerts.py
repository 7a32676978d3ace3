"""A run that fails, through the real DAG, with a webhook listening."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.orchestration.runs import RunFailed, run_dag
from tests.e2e.conftest import shop_settings
from tests.orchestration.test_alerts import Hook
from tests.shop import write_shop


def test_a_failed_run_sends_one_message_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Hook()
    monkeypatch.setenv("SHELDUCK_WEBHOOK_URL", hook.address)
    settings = shop_settings(tmp_path / "data home")
    write_shop(settings.landing_dir, days=1)
    with pytest.raises(RunFailed):
        run_dag(settings, "build_shelves", [date(2025, 7, 1)])
    hook.server.shutdown()
    (message,) = hook.received
    lines = message["text"].splitlines()
    assert lines[0] == "Shelduck: build_shelves failed for 2025-07-01"
    assert lines[1] == "Task: land (try 1)"
    assert lines[2].startswith("Reason: DayNotClosed: ")
    assert "shelduck close 2025-07-01" in lines[3] or "_closed/2025-07-01" in lines[3]
    assert "/dags/build_shelves/runs/manual__2025-07-01T22%3A00%3A00" in lines[4]
    log = (settings.home / "logs" / "build_shelves.log").read_text()
    assert "s3cret" not in log
