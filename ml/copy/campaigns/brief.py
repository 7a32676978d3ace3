"""The brief of a campaign, as landed rows: named by all that it says, so that the same plan lands nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ml.copy.campaigns.asked import Asked, Step, money
from ml.copy.campaigns.records import Record
from ml.copy.columns import Copy
from ml.copy.landing_rows import BRIEF_ITEMS, BRIEFS, digest_of, land_rows
from ml.escape import for_markdown
from ml.settings import Settings
from ml.tables import Col

Rows = list[dict[str, object]]
_AS_ASKED: Final = (
    *("channel", "language", "tone", "occasion", "occasion_zh", "code", "start_date", "end_date", "send_date"),
    *("link", "arms"),
)


def brief_rows(asked: Asked, audience_id: str, item_ids: Sequence[str]) -> tuple[str, Rows, Rows]:
    """The brief's id, its row of ``copy_briefs`` and those of ``copy_brief_items``."""
    plain = asked.model_dump(mode="json")
    row = {name: plain[name] for name in _AS_ASKED if plain[name] is not None}
    row[Copy.name] = f"{asked.goal.value.replace('_', ' ').capitalize()}: {audience_id}, {asked.as_of}"
    row[Copy.audience_id] = audience_id
    if asked.percent_off is not None:
        row[Copy.percent_off] = float(asked.percent_off)
    brief_id = f"{asked.goal.value}_{asked.as_of:%Y%m%d}_{digest_of([row, list(item_ids)], 8)}"
    items: Rows = [
        {Copy.brief_id: brief_id, Col.item_id: item, Col.position: place} for place, item in enumerate(item_ids, 1)
    ]
    return brief_id, [{Copy.brief_id: brief_id, **row}], items


def land_brief(
    settings: Settings, asked: Asked, audience_id: str, item_ids: Sequence[str]
) -> tuple[Record, list[Path]]:
    """Land the brief on the plan's day; the same plan again lands nothing.

    Returns:
        The step, and the new files.
    """
    brief_id, briefs, items = brief_rows(asked, audience_id, item_ids)
    landed = [land_rows(settings, table, asked.as_of, rows) for table, rows in ((BRIEF_ITEMS, items), (BRIEFS, briefs))]
    new = [file for file, is_new in landed if is_new]
    record = Record(
        step=Step.BRIEF,
        summary=f"Brief {brief_id}, arrival day {asked.as_of}{'' if new else ', landed before'}.",
        markdown=_evidence(briefs[0], item_ids),
        chosen={"brief_id": brief_id},
    )
    return record, new


def _evidence(brief: dict[str, object], item_ids: Sequence[str]) -> str:
    words = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in brief.items()}
    said = [f"- {for_markdown(name)}: {for_markdown(value)}" for name, value in words.items()]
    return "\n".join([*said, f"- products: {', '.join(map(for_markdown, item_ids))}"])


def costs(asked: Asked, recipients: int) -> str:
    """What messages to so many cost, in words."""
    if not asked.cost_per_message:
        return "not known: no cost_per_message was given"
    return f"{money(asked.cost_of(recipients))} {asked.currency}"
