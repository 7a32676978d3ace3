"""What a CSV's header says of its records, and which lines can only be records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ml.landing.schema import CURRENCY, Column, LandingTable, Type

_SHAPES = {
    Type.TIMESTAMP: re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"),
    Type.DATE: re.compile(r"\d{4}-\d\d-\d\d.*"),
    Type.NUMBER: re.compile(r"[+-]?\d*\.?\d+"),
    Type.INTEGER: re.compile(r"\d+"),
    Type.BOOLEAN: re.compile(r"(?i)true|false|0|1"),
    Type.RATIO: re.compile(r"\d*\.?\d+"),
}


@dataclass(frozen=True)
class Layout:
    """How a file's records are laid out: its separator, its header, and where the contract's columns stand in it."""

    separator: str
    header: list[str]
    places: list[int]
    columns: list[Column]

    @classmethod
    def of(cls, separator: str, header: list[str], table: LandingTable) -> Layout:
        """The layout under a header that names each known column once."""
        known = [name for name in header if name in table.names]
        columns = {column.name: column for column in table.columns}
        return cls(separator, header, [header.index(name) for name in known], [columns[name] for name in known])

    def has_typed_values(self, fields: list[str]) -> bool:
        """Whether fields are those of a record: a day or time, or two of other types, and none of a wrong type."""
        weight = 0
        for column, place in zip(self.columns, self.places, strict=True):
            found = _weight(column, fields[place])
            if found is None:
                return False
            weight += found
        return weight > 1

    def has_own_quotes(self, line: str) -> bool:
        """Whether a line has a quoted field, and its first quote could not close a text open before the line."""
        if not re.search(f'(?:^|{re.escape(self.separator)})"', line):
            return False
        place = line.find('"')
        while line.startswith('""', place):
            place = line.find('"', place + 2)
        return 0 <= place < len(line) - 1 and not line.startswith(self.separator, place + 1)


def _weight(column: Column, field: str) -> int | None:
    """How much a field says for being of its column; None where it says the contrary."""
    if not field or column.type is Type.ID:
        return 0 if field or not column.required else None
    if column.one_of:
        return 1 if field in column.one_of else None
    if column.name == CURRENCY.name:
        return 1 if re.fullmatch("[A-Z]{3}", field) else None
    if column.type is Type.TEXT:
        return 0
    fits = bool(_SHAPES[column.type].fullmatch(field))
    return (2 if column.type in (Type.TIMESTAMP, Type.DATE) else 1) if fits else None
