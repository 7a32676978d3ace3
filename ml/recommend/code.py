"""Which code decides the recommendations: the scope of their code revision."""

from __future__ import annotations

from typing import Final

from ml.code.revision import Scope, code_revision
from ml.tables import PUBLISHED
from ml.warehouse import slices

RECOMMEND: Final = Scope(
    package="ml.recommend",
    suites=(
        *(slices.DAILY_VOLUME, slices.DIM_ITEM, slices.DIM_USER, slices.HISTORY),
        *(slices.FEAT_USER, slices.FEAT_ITEM, slices.FEAT_USER_ITEM),
        *(table.name for table in PUBLISHED),
    ),
    models=slices.TABLES,
)


def recommend_revision() -> str:
    """Twelve hex digits over the code that decides what is recommended; part of policies, ids and training keys."""
    return code_revision(RECOMMEND)
