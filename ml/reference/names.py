"""The names of data contracts that are no capability's."""

from __future__ import annotations

from typing import Final

PUBLISHED: Final = "published"
"""Of every published table of every capability."""
LANDING: Final = "landing"
"""Of the files that a shop lands."""
