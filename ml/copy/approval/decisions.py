"""Decisions on variants: checked against what is published, then landed as immutable rows of that day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from ml.copy.approval.edits import findings_of, told
from ml.copy.approval.shown import ShownBrief, Variant, shown_brief
from ml.copy.columns import Copy
from ml.copy.landing_rows import DECISIONS, digest_of, land_rows, landed_rows
from ml.errors import DecisionRefused
from ml.settings import Settings

MOST_REASON: Final = 500
_ID, _WHO, _AT = Copy.decision_id, Copy.who, Copy.decided_at


class Verb(StrEnum):
    """What a person may decide."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


@dataclass(frozen=True)
class Decision:
    """What somebody wants of one variant.

    Attributes:
        variant: its name, such as ``en/email/1``.
        variant_hash: the texts that they saw; a decision without is refused.
        part, text: of an edit, which part becomes which text.
    """

    brief_id: str
    variant: str
    verb: Verb
    reason: str = ""
    variant_hash: str | None = None
    part: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Landed:
    """What became of decisions.

    Attributes:
        file: the new rows; None where all of them had been landed before.
        decisions: how many rows are new.
    """

    file: Path | None
    decisions: int


@dataclass(frozen=True)
class Decider:
    """Who decides, and when (UTC)."""

    who: str
    at: datetime

    @property
    def stamp(self) -> str:
        """The moment, as the contract wants it."""
        return self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def decide(settings: Settings, day: date, decisions: Sequence[Decision], decider: Decider) -> Landed:
    """Land decisions on the variants that are published for ``day``; all of them or none.

    Each is bound to the texts that were seen. The same decisions of the same moment are the same file, and a decision
    that repeats the last one on its variant lands nothing: so a retry changes nothing.

    Raises:
        NotPublished: the day is not published.
        DecisionRefused: there is no such variant, its texts have changed, a rejection lacks its reason, or an edit
            states what the fact sheet does not support; nothing is landed.
    """
    briefs = {name: shown_brief(settings, name, day) for name in {each.brief_id for each in decisions}}
    rows = [_row(settings, briefs[each.brief_id], each, decider) for each in decisions]
    known = landed_rows(settings, DECISIONS, day)
    new = [row for row in rows if not _repeats(row, known)]
    if not new:
        return Landed(None, 0)
    file, is_new = land_rows(settings, DECISIONS, day, new)
    return Landed(file if is_new else None, len(new) if is_new else 0)


def _row(settings: Settings, brief: ShownBrief, decision: Decision, decider: Decider) -> dict[str, object]:
    variant = brief.variant(decision.variant)
    if decision.variant_hash != variant.variant_hash:
        raise DecisionRefused(
            f"variant {variant.name} of {brief.brief_id}",
            expected="the texts that were shown",
            found=f"others, published for {brief.as_of} since" if decision.variant_hash else "none were named",
            remedy=f"Read them first: shelduck copy show {brief.brief_id}",
        )
    reason = decision.reason.strip()[:MOST_REASON]
    if decision.verb is Verb.REJECT and not reason:
        raise DecisionRefused(
            f"rejection of {variant.name} of {brief.brief_id}",
            expected="a reason",
            found="none",
            remedy="Say why: whoever writes the next one reads it",
        )
    content: dict[str, object] = {
        Copy.brief_id: brief.brief_id,
        Copy.language: variant.language,
        Copy.channel: variant.channel,
        Copy.arm: variant.arm,
        Copy.decision: decision.verb.value,
        Copy.variant_hash: variant.variant_hash,
        **(_edit(settings, brief, variant, decision) if decision.verb is Verb.EDIT else {}),
        **({Copy.reason: reason} if reason else {}),
        _WHO: decider.who,
        _AT: decider.stamp,
    }
    return {_ID: digest_of(content), **content}


def _edit(settings: Settings, brief: ShownBrief, variant: Variant, decision: Decision) -> dict[str, object]:
    part, text = decision.part or "", re.sub(r"\r\n?", "\n", decision.text or "").strip()
    if part not in [each.part for each in variant.parts]:
        raise DecisionRefused(
            f"edit of {variant.name} of {brief.brief_id}",
            expected=f"one of its parts {', '.join(each.part for each in variant.parts)}",
            found=part or "none",
            remedy="Name the part, such as en/email/1/email_subject",
        )
    found = findings_of(settings, brief, variant, part, text)
    if found:
        raise DecisionRefused(
            f"edit of {part} of {variant.name} of {brief.brief_id}",
            expected="a text whose every fact stands in the fact sheet",
            found="; ".join(map(told, found)),
            remedy=f"Correct the text; its facts: shelduck copy show {brief.brief_id}",
        )
    return {Copy.part: part, Copy.text: text}


def _repeats(row: dict[str, object], known: Sequence[dict[str, object]]) -> bool:
    """Whether it is landed already, or the last decision on the variant (an edit: on the part) says the same."""
    place = (Copy.brief_id, Copy.language, Copy.channel, Copy.arm)
    before = [
        each
        for each in known
        if all(each[column] == row[column] for column in place) and each.get(Copy.part) == row.get(Copy.part)
    ]
    if any(each[_ID] == row[_ID] for each in before):
        return True
    last = max(before, key=lambda each: (str(each[_AT]), str(each[_ID])), default={})
    return all(last.get(name) == row.get(name) for name in (Copy.decision, Copy.variant_hash, Copy.text))
