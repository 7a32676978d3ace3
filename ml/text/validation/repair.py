"""What is published in place of a text that fails: a template's text that passes, or nothing, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ml.text.facts import FactSheet
from ml.text.validation.check import validate
from ml.text.validation.names import Catalogue
from ml.text.validation.verdict import Verdict


@dataclass(frozen=True)
class Repaired:
    """What became of a text.

    Attributes:
        text: what may be published; None where nothing passed.
        verdict: on the text as written.
        reason: why it is not the text as written; empty where it is.
    """

    text: str | None
    verdict: Verdict
    reason: str = ""

    @property
    def is_dropped(self) -> bool:
        """Whether nothing may be published."""
        return self.text is None


def repaired(
    text: str, sheet: FactSheet, fallbacks: Iterable[str] = (), catalogue: Catalogue | None = None
) -> Repaired:
    """``text`` if it passes, else the first of ``fallbacks`` that does; they are validated like any text.

    Args:
        fallbacks: texts of templates for the same sheet, the preferred one first; read only as far as needed.
    """
    verdict = validate(text, sheet, catalogue)
    if verdict.passed:
        return Repaired(text, verdict)
    for fallback in fallbacks:
        if validate(fallback, sheet, catalogue).passed:
            return Repaired(fallback, verdict, f"replaced by a template's text: {verdict.reason}")
    return Repaired(None, verdict, f"dropped: {verdict.reason}")
