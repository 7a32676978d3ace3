"""Partitions of one table that are loaded together: read into one stage, settled and written in one transaction.

What a statement costs beside its rows is paid once for all of them, and a look for keys that came before reads the
raw table once. The rows that are kept, refused and told are those that one partition after the other would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final, TypeVar

from ml.landing.folder import LandedFile, Partition
from ml.landing.schema import Kind, LandingTable
from ml.landing.staging import FileRead, Stage

MOST_ROWS: Final = 1_000_000
"""Records from which on a batch takes no further partition: a day of a large shop is a batch of its own."""
MOST_PARTITIONS: Final = 128
_MOST_BYTES: Final = 8 << 20
"""Of files that may be read in one statement."""
T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """A partition, its content hash and its files in the order of their own, ``first`` being the first one's number.

    ``read`` says of each file what reading it gave, once it was read.
    """

    partition: Partition
    digest: str
    files: Sequence[LandedFile]
    first: int
    read: Sequence[FileRead] = ()

    @property
    def arrival(self) -> date:
        """The day on which the partition arrived."""
        return self.partition.arrival

    @property
    def numbers(self) -> range:
        """The files' numbers in the stage."""
        return range(self.first, self.first + len(self.files))


@dataclass(frozen=True)
class Batch:
    """Partitions in the order of their arrival, and the stage that holds their rows."""

    stage: Stage
    members: Sequence[Member]

    @property
    def names(self) -> list[str]:
        """The files' names by number."""
        return [file.name for member in self.members for file in member.files]

    @property
    def arrivals(self) -> list[date]:
        """The files' arrival days by number."""
        return [member.arrival for member in self.members for _ in member.files]

    @property
    def places(self) -> list[int]:
        """The files' numbers within their partitions, by number."""
        return [place for member in self.members for place in range(len(member.files))]


def by_file(values: Sequence[T], parameter: str) -> tuple[str, list[T]]:
    """SQL for the element of ``values`` that belongs to a row's file, and the list to give as ``parameter``.

    Where all files have one value it is no look into the list, row by row.
    """
    if len(set(values)) <= 1:
        return f"${parameter}[1]", list(values[:1])
    return f"${parameter}[_file_no + 1]", list(values)


def may_share(table: LandingTable, arrival: date, loaded: set[date]) -> bool:
    """Whether the partitions from ``arrival`` on can be loaded together.

    Not where an entity's row is compared with the state before it, or a refusal decides what a later row does; and
    not where something is loaded anew: what it overtakes is found partition by partition.
    """
    return table.kind is Kind.EVENT and not table.restricts and all(day < arrival for day in loaded)


def of_few_bytes(members: Sequence[Member]) -> Sequence[Member]:
    """The first of the partitions, as many as may be read in one statement."""
    sizes = accumulate(sum(file.size for file in member.files) for member in members)
    return members[: max(1, sum(size <= _MOST_BYTES for size in sizes))]
