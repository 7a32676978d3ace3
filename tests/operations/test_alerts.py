"""Messages to people: what they say, what they never say, and that sending harms nothing. Real sockets."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from ml.errors import DayNotClosed
from ml.landing.arrivals import arrivals_path
from ml.operations.alerts import Failure, arrivals_text, due, failure_text, last_words, late_text, send
from ml.settings import Settings

pytestmark = pytest.mark.slow

DAY = date(2025, 7, 1)
BASE = "http://localhost:8080"


class Hook:
    """A webhook on loopback that keeps what it gets."""

    def __init__(self, status: int = 200) -> None:
        received: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.received = received
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/services/T0/s3cret"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()


def _settings(tmp_path: Path, address: str | None = None, hour: int | None = None) -> Settings:
    secret = SecretStr(address) if address else None
    return Settings(home=tmp_path, timezone="Europe/Berlin", webhook_url=secret, publish_by_hour=hour)


def _failure(error: BaseException | str | None) -> Failure:
    return Failure("build_shelves", "manual__2025-06-30T22:00:00+00:00", DAY, "land", 3, error)


def test_a_failure_names_dag_day_task_reason_remedy_and_page() -> None:
    error = DayNotClosed("day 2025-07-01", expected="its mark", found="none", remedy="Run: shelduck close 2025-07-01")
    lines = failure_text(_failure(error), BASE).splitlines()
    assert lines == [
        "Shelduck: build_shelves failed for 2025-07-01",
        "Task: land (try 3)",
        "Reason: DayNotClosed: day 2025-07-01: expected its mark; found none",
        "What to do: Run: shelduck close 2025-07-01",
        f"Run: {BASE}/dags/build_shelves/runs/manual__2025-06-30T22%3A00%3A00%2B00%3A00",
    ]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("row 7: anna@example.org in /home/shop/var"), "ValueError; what it says stands in the log"),
        (OSError(28, "No space left on device", "/home/shop/var/x"), "OSError: No space left on device"),
        (None, "the task's process ended without a word: killed, or out of memory or time"),
    ],
)
def test_errors_of_others_are_named_and_never_quoted(error: BaseException | None, told: str) -> None:
    text = failure_text(_failure(error), BASE)
    assert f"Reason: {told}\n" in text
    assert "anna" not in text and "/home" not in text
    assert "shelduck run --as-of 2025-07-01" in text


def test_a_message_arrives_as_slack_and_its_kin_read_it(tmp_path: Path, hook: Hook) -> None:
    assert send(_settings(tmp_path, hook.address), "two\nlines")
    assert hook.received == [{"text": "two\nlines"}]


def test_nothing_is_sent_unless_a_webhook_is_set(tmp_path: Path, hook: Hook) -> None:
    assert not send(_settings(tmp_path), "x")
    assert hook.received == []


def _refusing() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/s3cret"


@pytest.mark.parametrize("address", ["refusing", "file:///etc/passwd?s3cret", "s3cret", "http://[s3cret"])
def test_a_webhook_that_cannot_be_reached_harms_nothing_and_stays_secret(
    tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    hook = SecretStr(_refusing() if address == "refusing" else address)
    with caplog.at_level(logging.DEBUG):
        assert not send(_settings(tmp_path).model_copy(update={"webhook_url": hook}), "x")
    assert "was not sent" in caplog.text
    assert "s3cret" not in caplog.text and "passwd" not in caplog.text


def test_a_webhook_that_refuses_is_told_by_its_status(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hook = Hook(status=404)
    assert not send(_settings(tmp_path, hook.address), "x")
    assert "HTTPError 404" in caplog.text and "s3cret" not in caplog.text
    hook.server.shutdown()


def test_a_webhook_that_never_answers_costs_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ml.operations.alerts._SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert not send(_settings(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}/"), "x")
    assert time.monotonic() - started < 3
    assert "TimeoutError" in caplog.text


def test_the_address_is_in_no_text_of_the_settings(tmp_path: Path, hook: Hook) -> None:
    settings = _settings(tmp_path, hook.address)
    assert "s3cret" not in f"{settings!r} {settings} {settings.environment()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2025, 7, 1), "2025-07-02T06:00:00+02:00"),
        (date(2025, 3, 29), "2025-03-30T06:00:00+02:00"),  # the next day has 23 hours
        (date(2025, 10, 25), "2025-10-26T06:00:00+01:00"),  # and this one 25
    ],
)
def test_a_shelf_is_due_at_an_hour_of_the_clock_on_the_next_day(tmp_path: Path, day: date, moment: str) -> None:
    found = due(_settings(tmp_path, hour=6), day, datetime(2025, 1, 1, tzinfo=UTC))
    assert found is not None and found.isoformat() == moment


def test_days_long_past_and_shops_without_an_hour_have_no_deadline(tmp_path: Path) -> None:
    assert due(_settings(tmp_path, hour=6), DAY, datetime(2025, 7, 2, 5, tzinfo=UTC)) is None
    assert due(_settings(tmp_path), DAY, datetime(2025, 1, 1, tzinfo=UTC)) is None


def test_a_late_shelf_is_told_with_what_to_do(tmp_path: Path) -> None:
    text = late_text(_settings(tmp_path, hour=6), "build_shelves", "scheduled__x", DAY, BASE)
    assert text is not None
    assert text.startswith("Shelduck: build_shelves of 2025-07-01 is not published\nReason: it was due at 06:00")
    assert "shelduck doctor" in text and text.endswith("/dags/build_shelves/runs/scheduled__x")


def test_the_last_words_of_a_failed_task_are_what_to_do() -> None:
    ours = DayNotClosed("day 1", expected="a mark", found="none", remedy="Run: shelduck close")
    assert last_words(ours) == ("DayNotClosed: day 1: expected a mark; found none", "What to do: Run: shelduck close")
    wrapped = RuntimeError("of Airflow's")
    wrapped.__context__ = ours
    assert last_words(wrapped) == last_words(ours)
    assert last_words(KeyError("a shopper"))[0] == "KeyError: the lines above say where", "its text may hold a row"
    assert last_words(None)[1] == "What to do: mend the cause, then clear the task"


def test_a_published_day_is_told_only_where_something_was_refused_or_noticed(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    well = {"tables": [], "faults": [], "notices": [], "refused": [], "stopped_by": [], "waivers": []}
    assert arrivals_text(settings, "build_shelves", "r", DAY, BASE) is None
    path = arrivals_path(settings, DAY)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(well))
    assert arrivals_text(settings, "build_shelves", "r", DAY, BASE) is None
    path.write_text(json.dumps({**well, "refused": ["items: 3 rows refused"], "notices": [f"n{n}" for n in range(9)]}))
    text = arrivals_text(settings, "build_shelves", "r", DAY, BASE)
    assert text is not None and f"build_shelves of {DAY} is published" in text
    assert "Landing: items: 3 rows refused\nLanding: notice: n0\n" in text
    assert "Landing: and 5 more: the tab Day" in text and f"{BASE}/dags/build_shelves/runs/r" in text


def test_a_failure_tells_what_of_the_day_was_refused() -> None:
    text = failure_text(_failure(None), BASE, ["items: 3 rows refused"])
    assert "Landing: items: 3 rows refused" in text.splitlines()
