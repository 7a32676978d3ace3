"""The revision of the code that decides the audiences."""

from __future__ import annotations

from ml.audiences.capability import AUDIENCES
from ml.code.revision import code_revision


def audiences_revision() -> str:
    """Twelve hex digits over the code that decides tags, segments and audiences; part of policies and training keys."""
    return code_revision(AUDIENCES)
