"""What housekeeping says it did."""

from __future__ import annotations

import pytest

from ml.freed import Freed
from ml.orchestration.tidy import told


@pytest.mark.parametrize(
    ("freed", "dry_run", "said"),
    [
        (Freed("slices", 12, 3_400_000), False, "slices: removed 12, 3.4 MB"),
        (Freed("slices", 1, 900, "an estimate"), True, "slices: would remove 1, 900 B (an estimate)"),
        (Freed("drafts"), False, "drafts: nothing to remove"),
        (Freed("trainings", note="none yet"), True, "trainings: nothing to remove (none yet)"),
    ],
)
def test_it_says_how_many_of_what_and_how_large(freed: Freed, dry_run: bool, said: str) -> None:
    assert told(freed, dry_run=dry_run) == said
