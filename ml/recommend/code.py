"""The revision of the code that decides the recommendations."""

from __future__ import annotations

from ml.code.revision import code_revision
from ml.recommend.capability import RECOMMEND


def recommend_revision() -> str:
    """Twelve hex digits over the code that decides what is recommended; part of policies, ids and training keys."""
    return code_revision(RECOMMEND)
