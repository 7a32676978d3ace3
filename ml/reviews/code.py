"""The revision of the code that decides what is said of reviews."""

from __future__ import annotations

from ml.code.revision import code_revision
from ml.reviews.capability import REVIEWS


def reviews_revision() -> str:
    """Twelve hex digits over the code that decides labels, topics and opinions; part of policies and training keys."""
    return code_revision(REVIEWS)
