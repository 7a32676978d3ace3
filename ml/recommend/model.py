"""The name under which the bundles of recommenders are registered."""

from __future__ import annotations

from typing import Final

MODEL: Final = "shelf"
