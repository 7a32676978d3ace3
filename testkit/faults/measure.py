"""The words of the table of faults: a measure, and what it reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a measure reached, in words, whether that is what was promised, and what went wrong where it is not."""

    reached: str
    is_met: bool
    faults: tuple[str, ...] = ()

    @classmethod
    def counted(cls, good: int, of: int, faults: tuple[str, ...] = ()) -> Outcome:
        """``good of of``; met when that is all and more than none."""
        return cls(f"{good:,} of {of:,}", good == of > 0, faults)

    @classmethod
    def none_of(cls, tried: int, faults: tuple[str, ...], what: str) -> Outcome:
        """``0 of tried what``; met when nothing went wrong and something was tried."""
        return cls(f"{len(faults):,} of {tried:,} {what}", not faults and tried > 0, faults)


@dataclass(frozen=True)
class Measure:
    """A row of the table. ``run(scratch, count)`` does it ``count`` times below an empty folder.

    ``name`` is what ``--only`` takes. The counts: ``full`` for the bench, ``quick`` for ``--quick`` and
    ``make test-faults``, ``sample`` for ``make test`` (0: too dear for it).
    """

    name: str
    title: str
    to_reach: str
    full: int
    quick: int
    sample: int
    run: Callable[[Path, int], Outcome]
