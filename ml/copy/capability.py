"""What ``copy`` publishes, reads and runs."""

from __future__ import annotations

from typing import Final

from ml.capability import Capability
from ml.copy.outputs import TABLES
from ml.warehouse import slices

DIM_COPY_BRIEF: Final = "dim_copy_brief"
DIM_COPY_BRIEF_ITEM: Final = "dim_copy_brief_item"
DIM_COPY_TERM: Final = "dim_copy_term"
COPY_TEXT: Final = "copy_text"
COPY_DECISION: Final = "copy_decision"

COPY: Final = Capability(
    name="copy",
    description="Marketing texts for briefs, in variants, each fact checked against the shop's data",
    outputs=TABLES,
    reads=(
        *(DIM_COPY_BRIEF, DIM_COPY_BRIEF_ITEM, DIM_COPY_TERM, COPY_TEXT, COPY_DECISION),
        *(slices.DIM_ITEM, slices.DIM_USER, slices.DIM_CONSENT, slices.HISTORY),
        *(slices.FEAT_USER_ITEM, slices.RATING),  # by which the gates judge the history
    ),
    compute="ml.copy.daily:compute",
    needs=("copy_briefs",),
    upstream=("recommend", "audiences"),
    provenance="ml.copy.writing.report:provenance",
    settings=("timezone", "seed", "consent"),
    pages="ml.copy.pages.page:pages",
)
