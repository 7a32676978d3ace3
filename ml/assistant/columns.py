"""Names of the columns that tables of the assistant have; shoppers and items are in ``ml.tables.Col``."""

from __future__ import annotations

from typing import Final


class Ask:
    """Column names."""

    subject: Final = "subject"
    subject_id: Final = "subject_id"
    language: Final = "language"
    text: Final = "text"
    characters: Final = "characters"
    citations: Final = "citations"
    withheld: Final = "withheld"
    passage_id: Final = "passage_id"
    kind: Final = "kind"
    title: Final = "title"
    source: Final = "source"
    link: Final = "link"
    document_id: Final = "document_id"
    is_enabled: Final = "is_enabled"
