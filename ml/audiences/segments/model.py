"""The name under which the models of behavioural segments are registered."""

from __future__ import annotations

from typing import Final

MODEL: Final = "segments"
