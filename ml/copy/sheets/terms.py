"""The shop's own terms by brief and language: what it may claim, never says, is called and where it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.copy.columns import Copy
from ml.tables import Col
from ml.text.facts import Claim
from ml.text.validation.instructions import instructions
from ml.words import Language

CLAIM, BANNED, SENDER, CONTACT, OTHER_NAME = "claim", "banned", "sender", "contact", "other_name"
"""Kinds, as the landing table ``copy_terms`` names them."""


@dataclass(frozen=True)
class Term:
    """A row of ``dim_copy_term``."""

    term_id: str
    kind: str
    text: str
    language: str | None
    source: str | None
    item_id: str | None
    brief_id: str | None


class Terms:
    """Those that are switched on and address no language model, by their id."""

    _COLUMNS: Final = (Copy.term_id, Copy.kind, Copy.text, Copy.language, Copy.source, Col.item_id, Copy.brief_id)

    def __init__(self, table: pl.DataFrame) -> None:
        rows = table.filter(pl.col(Copy.is_enabled)).sort(Copy.term_id, Copy.language, nulls_last=True)
        every = (Term(*row) for row in rows.select(self._COLUMNS).iter_rows())
        self._terms = [term for term in every if not any(True for _ in instructions(term.text))]

    def texts(self, kind: str, brief_id: str, language: Language) -> tuple[str, ...]:
        """The words of a kind for a brief in a language; those of one product are claims, see ``claims``."""
        return tuple(dict.fromkeys(term.text for term in self._of(kind, brief_id, language)))

    def claims(self, brief_id: str, language: Language, items: Sequence[str]) -> tuple[Claim, ...]:
        """What may be claimed of everything that a brief is about: of each of ``items``, or of all that the shop sells.

        A claim that is true of one product of several is none of the brief: a reader would take it for all of them.
        """
        found: dict[str, list[Term]] = {}
        for term in self._of(CLAIM, brief_id, language):
            found.setdefault(term.text, []).append(term)
        return tuple(
            Claim((text,), next(term.source for term in terms if term.source))
            for text, terms in found.items()
            if any(term.source for term in terms) and _holds_for(terms, items)
        )

    def _of(self, kind: str, brief_id: str, language: Language) -> list[Term]:
        return [
            term
            for term in self._terms
            if term.kind == kind and term.brief_id in {None, brief_id} and term.language in {None, language}
        ]


def _holds_for(terms: Sequence[Term], items: Sequence[str]) -> bool:
    known = {term.item_id for term in terms}
    return None in known or set(items) <= known
