"""What was landed for texts: what a language model wrote, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from ml.copy.columns import Copy, Status

APPROVE, EDIT, REJECT = "approve", "edit", "reject"
"""Decisions, as the landing table ``copy_decisions`` names them."""
_STATUS: Final = {APPROVE: Status.APPROVED, REJECT: Status.REJECTED}

VariantKey: TypeAlias = tuple[str, str, str, int]
"""Brief, language, channel and arm."""


@dataclass(frozen=True)
class ModelText:
    """A row of ``copy_text``."""

    text_id: str
    text: str
    model: str | None


@dataclass(frozen=True)
class Decision:
    """A row of ``copy_decision``."""

    decision: str
    variant_hash: str | None
    part: str | None
    text: str | None
    reason: str | None
    who: str | None


class Landed:
    """Texts of language models and decisions of people, as known on the day.

    Args:
        texts: ``copy_text``.
        decisions: ``copy_decision``.
    """

    _DECISION: Final = (Copy.decision, Copy.variant_hash, Copy.part, Copy.text, Copy.reason, Copy.who)

    def __init__(self, texts: pl.DataFrame, decisions: pl.DataFrame) -> None:
        self._texts: dict[tuple[str, int, str], list[ModelText]] = {}
        columns = [Copy.sheet_id, Copy.arm, Copy.part, Copy.text_id, Copy.text, Copy.model]
        for sheet_id, arm, part, *text in texts.sort(Copy.text_id).select(columns).iter_rows():
            self._texts.setdefault((sheet_id, arm, part), []).append(ModelText(*text))
        self._decisions: dict[VariantKey, list[Decision]] = {}
        keys = [Copy.brief_id, Copy.language, Copy.channel, Copy.arm]
        # without the Z, a moment sorts before those of the same second with a fraction
        moment = pl.col(Copy.decided_at).str.strip_chars_end("Z")
        ordered = decisions.sort(moment, Copy.decision_id, descending=True)
        for brief_id, language, channel, arm, *told in ordered.select(*keys, *self._DECISION).iter_rows():
            self._decisions.setdefault((brief_id, language, channel, arm), []).append(Decision(*told))

    def texts(self, sheet_id: str, arm: int, part: str) -> list[ModelText]:
        """What language models wrote for a part, by the texts' ids."""
        return self._texts.get((sheet_id, arm, part), [])

    def edit(self, key: VariantKey, part: str) -> Decision | None:
        """The latest edit of a part."""
        edits = (each for each in self._decisions.get(key, []) if each.decision == EDIT and each.part == part)
        return next(edits, None)

    def status(self, key: VariantKey, variant_hash: str) -> tuple[Status, str | None]:
        """Where a variant of these texts stands, and who decided: the latest word on exactly these texts."""
        for each in self._decisions.get(key, []):
            if each.decision in _STATUS and each.variant_hash == variant_hash:
                return _STATUS[each.decision], each.who
        return Status.PROPOSED, None
