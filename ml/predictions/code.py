"""The revision of the code that decides the predictions."""

from __future__ import annotations

from ml.code.revision import code_revision
from ml.predictions.capability import PREDICTIONS


def predictions_revision() -> str:
    """Twelve hex digits over the code that decides what is predicted; part of policies and training keys."""
    return code_revision(PREDICTIONS)
