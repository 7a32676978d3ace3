"""The name under which the bundles of predictors are registered."""

from __future__ import annotations

from typing import Final

MODEL: Final = "predictions"
