"""The name under which the bundles of review classifiers are registered."""

from __future__ import annotations

from typing import Final

MODEL: Final = "reviews"
