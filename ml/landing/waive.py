"""``shelduck waive``: lands the decision to publish without a refused rule or consent."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path

from ml.durable import write_text
from ml.errors import LandingError
from ml.landing.contract import CONTRACT
from ml.landing.load import land
from ml.landing.marks import marked_days
from ml.landing.waiver_table import WAIVERS
from ml.settings import Settings
from ml.warehouse.restrictions import REASON, Refusal, Waiver

_SHOWN = 5


def waive(settings: Settings, waiver: Waiver) -> Path:
    """Land ``waiver`` as a new file of its arrival day: of the refused rows with its key, or of the file it names.

    It counts for days from its arrival on; earlier ones stay refused. A file is never changed: two people who waive
    the same thing both stay on record. The folder is landed first, so that what is waived is known.

    Raises:
        LandingError: no such refusal stands on that day, or there is no reason.
        DayNotClosed: the day is not closed.
    """
    if waiver.why.strip() in ("", REASON):
        raise LandingError("waiver", expected="a reason", found="none", remedy="Say why: --why 'the reason'")
    arrived = land(settings, waiver.arrival, holder="shelduck waive").arrived
    standing = arrived.restrictions.refused if arrived else ()
    if not any(refusal.table == waiver.table and waiver.key in (refusal.key, refusal.file) for refusal in standing):
        raise _nothing_to_waive(waiver, standing)
    folder = settings.landing_dir / WAIVERS.name / f"dt={waiver.arrival}"
    file = folder / f"{waiver.table}-{secrets.token_hex(8)}.jsonl"
    record = {"table_name": waiver.table, "key": waiver.key, "who": waiver.who, "why": waiver.why.strip()}
    write_text(file, json.dumps(record) + "\n")
    return file


def newest_closed_day(settings: Settings) -> date:
    """The newest day that carries a mark, on which a waiver arrives where nobody says otherwise.

    Raises:
        LandingError: no day is closed.
    """
    days = marked_days(settings.landing_dir)
    if not days:
        raise LandingError("waiver", expected="a closed day", found="none", remedy="Say which day: --as-of YYYY-MM-DD")
    return max(days)


def _nothing_to_waive(waiver: Waiver, standing: tuple[Refusal, ...]) -> LandingError:
    known, day = ", ".join(each.name for each in CONTRACT.values() if each.restricts), waiver.arrival
    names = list(dict.fromkeys(f"{refusal.table} {refusal.key}" for refusal in standing))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return LandingError(
        f"waiver of {waiver.table} {waiver.key}",
        expected=f"a refused row of that key, or file, in one of {known} that stands on {day}",
        found=f"standing on {day}: {', '.join(names[:_SHOWN])}{more}" if names else f"none stands on {day}",
        remedy="Take table and key from the refusal; a waiver arrives no earlier than what it waives",
    )
