"""SQL that judges rows by the contract, value by value: one query for landing files and for adapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ml.landing.casting import Reading
from ml.landing.schema import LandingTable, Rule

DOUBTED: Final = -1


@dataclass(frozen=True)
class Judge:
    """A table of the contract, and how each of its columns is read from a source."""

    table: LandingTable
    readings: Mapping[str, Reading]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the columns as they are read, then those of whole rows."""
        return (*(rule for reading in self.readings.values() for rule in reading.rules), *self.table.rules)

    def query(self, source: str, known: tuple[str, ...], places: str, *, in_doubt: bool = True) -> str:
        """SQL for the typed rows of ``source``, each with the first rule that it breaks.

        The columns: those of ``source`` that ``places`` names, the table's columns in the contract's order, the index
        of the broken rule or NULL, the text of the value that broke it or NULL. ``known`` are the columns that
        ``source`` has. Without ``in_doubt``, rows that may break one of the rules with a doubt have ``DOUBTED`` as
        the rule: most files have no such row, and to plan the conditions of these rules takes longer than to judge
        a small file. Every other row is judged the same either way.
        """
        readings, names = self.readings, self.table.names
        texts = ", ".join(f"{readings[name].source} as s_{name}" for name in known)
        typed = ", ".join(f'{readings[name].typed} as "{name}"' for name in names)
        broken = " ".join(f"when {condition} then {index}" for condition, index in self._conditions(in_doubt=in_doubt))
        columns = ", ".join(f'"{name}"' for name in names)
        return f"""
            with source as (select {places}, {texts} from {source}),
            typed as (select *, {typed} from source),
            judged as (select *, case {broken} end::smallint as _rule from typed)
            select {places}, {columns}, _rule, case {self._values(known)} end from judged
        """

    def _conditions(self, *, in_doubt: bool) -> list[tuple[str, int]]:
        """SQL that is true of rows that break a rule, with the rule's index, in the rules' order."""
        if in_doubt:
            return [(rule.broken, index) for index, rule in enumerate(self.rules)]
        first: dict[str, int] = {}
        for index, rule in enumerate(self.rules):
            first.setdefault(rule.doubt or rule.broken, DOUBTED if rule.doubt else index)
        return list(first.items())

    def _values(self, known: tuple[str, ...]) -> str:
        return " ".join(
            f"when _rule in ({', '.join(str(index) for index, rule in enumerate(self.rules) if rule.column == name)}) "
            f"then s_{name}::varchar"
            for name in dict.fromkeys(rule.column for rule in self.rules)
            if name in known
        )
