"""Messages to people: one per run that failed or of whose day rows were refused, one per shelf that is late.

Off until a webhook is set.

Sending never fails what it tells about: it has a few seconds, and what goes wrong is a line in the log that
names neither the address nor its secret.
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ml.capabilities import of_dag
from ml.errors import ShelduckError
from ml.escape import for_chat, visible
from ml.landing.arrivals import read_arrivals, told_arrivals
from ml.publish.readers import version_of_day
from ml.settings import Settings

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_LONGEST_REASON = 600


@dataclass(frozen=True)
class Failure:
    """A task that failed for good, and with it its run."""

    dag_id: str
    run_id: str
    day: date | None
    task_id: str
    tries: int
    error: BaseException | str | None


def failure_text(failure: Failure, base_url: str, arrivals: Sequence[str] = ()) -> str:
    """What happened, where, why, what to do, what of the day's arrivals was refused, and the page of the run."""
    reason, remedy = _explained(failure)
    return "\n".join(
        (
            f"Shelduck: {failure.dag_id} failed for {failure.day or failure.run_id}",
            f"Task: {failure.task_id} (try {failure.tries})",
            f"Reason: {reason}",
            f"What to do: {remedy}",
            *(f"Landing: {line}" for line in arrivals),
            f"Run: {run_page(base_url, failure.dag_id, failure.run_id)}",
        )
    )


def last_words(error: BaseException | str | None) -> tuple[str, str]:
    """The last two lines of a failed task's log: what was expected and found, and what to do about it."""
    known = _known(error)
    if known is not None:
        return _reason(known), f"What to do: {' '.join(known.remedy.split())}"
    reason = type(error).__name__ if isinstance(error, BaseException) else "the task's process ended without a word"
    return f"{reason}: the lines above say where", "What to do: mend the cause, then clear the task"


def arrivals_text(settings: Settings, dag_id: str, run_id: str, day: date, base_url: str) -> str | None:
    """What a published day was made without; None where nothing was refused and nothing is to be noticed."""
    lines = told_arrivals(read_arrivals(settings, day))
    if not lines:
        return None
    return "\n".join(
        (
            f"Shelduck: {dag_id} of {day} is published; its landing files need a look",
            *(f"Landing: {line}" for line in lines),
            "What to do: see the tab Day, or run `shelduck check LANDING` with the landing folder",
            f"Run: {run_page(base_url, dag_id, run_id)}",
        )
    )


def due(settings: Settings, day: date, now: datetime) -> datetime | None:
    """When the shelf of ``day`` must be published; None when no hour is set or it has passed (a backfill)."""
    if settings.publish_by_hour is None:
        return None
    moment = datetime.combine(day + timedelta(days=1), time(settings.publish_by_hour), settings.zone)
    return moment if moment > now else None


def late_text(settings: Settings, dag_id: str, run_id: str, day: date, base_url: str) -> str | None:
    """That the shelf of ``day`` is late; None when it was published meanwhile."""
    capability = of_dag(dag_id)
    if capability is None or version_of_day(settings, capability, day) is not None:
        return None
    return "\n".join(
        (
            f"Shelduck: {dag_id} of {day} is not published",
            f"Reason: it was due at {settings.publish_by_hour:02d}:00 of the next day; readers keep the one they have",
            "What to do: open the run. A task that waits: see who holds it up with shelduck doctor. "
            "A task that failed: mend what it says, then clear it",
            f"Run: {run_page(base_url, dag_id, run_id)}",
        )
    )


def run_page(base_url: str, dag_id: str, run_id: str) -> str:
    """The address of a run's page in Airflow."""
    return f"{base_url.rstrip('/')}/dags/{dag_id}/runs/{urllib.parse.quote(run_id, safe='')}"


def send(settings: Settings, text: str) -> bool:
    """POST ``{"text": …}`` to the webhook, as Slack and its kin read it; returns whether it was taken.

    Waits a few seconds at most, whatever the network does, and raises nothing.
    """
    if settings.webhook_url is None:
        return False
    answers: list[str] = []
    address = settings.webhook_url.get_secret_value()
    sender = threading.Thread(target=_post, args=(address, text, answers), daemon=True, name="webhook")
    sender.start()
    sender.join(_SECONDS + 1)  # looking a name up has no timeout of its own
    answer = answers[0] if answers else "no answer in time"
    if answer != _TAKEN:
        _log.warning("the message was not sent: %s. Check SHELDUCK_WEBHOOK_URL: shelduck doctor", answer)
    return answer == _TAKEN


_TAKEN = "taken"


def _post(address: str, text: str, answers: list[str]) -> None:
    try:
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            answers.append("the webhook is no http or https address")
            return
        body = json.dumps({"text": for_chat(text)}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=_SECONDS):
            answers.append(_TAKEN)
    except Exception as failed:  # whatever it is, the run must not hear of it
        status = getattr(failed, "code", "")
        answers.append(f"{type(failed).__name__} {status}".strip())


def _explained(failure: Failure) -> tuple[str, str]:
    """Reason and remedy. Only our own errors are quoted: those of others may hold paths or rows."""
    error = failure.error
    known = _known(error)
    again = f"Read the task's log on the run's page, then clear the task{_or_run(failure)}"
    if known is not None:
        return _reason(known)[:_LONGEST_REASON], known.remedy
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error.strerror or 'no further word'}", again
    if isinstance(error, BaseException):
        return f"{type(error).__name__}; what it says stands in the log", again
    return "the task's process ended without a word: killed, or out of memory or time", again


def _reason(error: ShelduckError) -> str:
    reason = f"{type(error).__name__}: {error.subject}: expected {error.expected}; found {error.found}"
    return visible(" ".join(reason.split()))


def _known(error: BaseException | str | None) -> ShelduckError | None:
    """The error of our own: itself, or the one in whose place Airflow was given another."""
    known = error if isinstance(error, ShelduckError) else getattr(error, "__context__", None)
    return known if isinstance(known, ShelduckError) else None


def _or_run(failure: Failure) -> str:
    daily = of_dag(failure.dag_id)
    if daily is None or not failure.day:
        return ""
    return f", or run: shelduck run --as-of {failure.day} --capability {daily.name}"
