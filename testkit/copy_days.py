"""A published day of ``copy``: briefs in every state, texts that were refused, decisions; hostile texts among all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from ml.capabilities import named
from ml.copy.daily import compute
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings
from testkit.copy_shop import DAY, FrameDay, copy_day

HOSTILE: Final = "<img src=x onerror=alert(1)>"
SPRING: Final = "spring"
LIE: Final = "Corner Shop: all tea for $1 today"
EDITED: Final = "20% off until March 1 at Corner Shop. Come and have a look."
REASON: Final = f"too loud {HOSTILE}"
SLICE: Final = "2026-03-01-copy"
_OFFER: Final = {"percent_off": 20.0, "code": "SPRING20", "currency": "USD", "start_date": DAY, "end_date": DAY}
_LINK: Final = "https://shop.example/spring"
BRIEFS: Final[tuple[dict[str, Any], ...]] = (
    {
        "brief_id": SPRING, "name": "Spring wine", "audience_id": "wine", "occasion": "Spring Wine Week",
        "occasion_zh": "春日葡萄酒周", "tone": "warm", "link": _LINK, **_OFFER,
    },
    {"brief_id": "few", "name": "For a few", "audience_id": "few"},
    *({"brief_id": f"tea_{number}", "audience_id": "tea", "channel": "push", "arms": 1} for number in range(8)),
    {"brief_id": HOSTILE, "name": HOSTILE + "x" * 80, "channel": "banner", "arms": 1, "occasion": HOSTILE},
)  # fmt: skip


def publish_copy(settings: Settings, briefs: Sequence[Mapping[str, Any]] = BRIEFS) -> FrameDay:
    """Compute the day as its DAG does and publish it, with the snapshot that it was computed from."""
    first = compute(copy_day(settings.home, dim_copy_brief=briefs)).tables["copy_variant"]
    texts, decisions = (_texts(first), _decisions(first)) if SPRING in first["brief_id"] else ([], [])
    day = copy_day(settings.home, dim_copy_brief=briefs, copy_text=texts, copy_decision=decisions)
    capability = named("copy")
    record = DraftRecord(
        capability=capability.name,
        as_of_date=DAY,
        slice=f"slices/{SLICE}",
        inputs_hash="x",
        code_revision="c0dec0dec0de",
        policy={"policy_id": "0123456789ab"},
        counts={},
    )
    _keep(settings.slices_dir / SLICE, day)
    draft = write_draft(settings.drafts_of(capability.name) / "day", capability, record, compute(day).tables)
    publish(settings, capability, draft, provenance={})
    return day


def _keep(folder: Path, day: FrameDay) -> None:
    folder.mkdir(parents=True)
    for table in ("copy_text", "copy_decision"):
        day.table(table).write_parquet(folder / f"{table}.parquet")
    record = {"as_of_date": DAY.isoformat(), "inputs_hash": "x", "inputs": [], "tables": {}, "files": {}}
    (folder / "slice.json").write_text(json.dumps(record))


def _variant(variants: pl.DataFrame, language: str, channel: str, arm: int) -> dict[str, Any]:
    found = variants.filter(
        pl.col("brief_id") == SPRING,
        pl.col("language") == language,
        pl.col("channel") == channel,
        pl.col("arm") == arm,
    )
    return found.row(0, named=True)


def _texts(variants: pl.DataFrame) -> list[dict[str, Any]]:
    email = _variant(variants, "en", "email", 3)
    said = {"email_subject": LIE, "email_preheader": f"{HOSTILE} Tea for $2"}
    return [
        {
            "text_id": f"t{number}", "sheet_id": email["sheet_id"], "brief_id": SPRING, "language": "en", "arm": 3,
            "part": part, "text": text, "model": "small", "prompt_version": "1",
        }
        for number, (part, text) in enumerate(said.items())
    ]  # fmt: skip


def _decisions(variants: pl.DataFrame) -> list[dict[str, Any]]:
    told = (
        ("approve", "email", 1, None, None, "reads well"),
        ("reject", "sms", 2, None, None, REASON),
        ("edit", "push", 1, "push", EDITED, "shorter"),
        ("edit", "push", 2, "push", "Tea for $3", "cheaper"),
    )
    return [
        {
            "decision_id": f"d{number}", "brief_id": SPRING, "language": "en", "channel": channel, "arm": arm,
            "decision": decision, "variant_hash": _variant(variants, "en", channel, arm)["variant_hash"],
            "part": part, "text": text, "reason": reason, "who": "ann", "decided_at": f"2026-02-28T0{number}:00:00Z",
        }
        for number, (decision, channel, arm, part, text, reason) in enumerate(told)
    ]  # fmt: skip
