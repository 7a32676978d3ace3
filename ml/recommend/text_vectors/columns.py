"""Columns that only ``item_vector`` has, and what stands in them."""

from __future__ import annotations

from typing import Final


class VectorCol:
    """Names of columns."""

    kind: Final = "kind"
    encoder: Final = "encoder"
    vector: Final = "vector"


class VectorKind:
    """Values of ``kind``."""

    text: Final = "text"
    behaviour: Final = "behaviour"
