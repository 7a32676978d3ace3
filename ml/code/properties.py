"""What counts of dbt's YAML files: the entries of models, seeds, sources and macros, without what only documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_SUFFIXES: Final = (".yml", ".yaml")
_EXPLAINS: Final = frozenset({"version", "unit_tests", "exposures"})
"""Sections that decide no row: a day's build runs no unit test, and exposures are documentation."""
_DESCRIBED: Final = ("columns", "tables")
_META: Final = "meta"
_DOCUMENTING: Final = frozenset({"unit", "zh"})
"""Of a column's ``config: {meta: …}``: documentation, like its description."""


@dataclass(frozen=True)
class Entry:
    """A part of a property file.

    Attributes:
        key: where in the file it stands, such as ``models dim_item``.
        text: its content, the same whatever comments, quotes and order of keys the file has.
        names: the model, seed, source table, macro or variable that it is about; none: it is about the whole project.
    """

    key: str
    text: str
    names: frozenset[str]


def is_properties(path: str) -> bool:
    """Whether a path is that of a YAML file."""
    return path.endswith(_SUFFIXES)


def entries(text: str) -> list[Entry]:
    """The parts of a property file, or of ``dbt_project.yml``, that decide rows; one whole where dbt cannot read it."""
    try:
        return list(_entries(_parsed(text)))
    except (ValueError, TypeError, KeyError, AttributeError):
        return [Entry("", text, frozenset())]


def _entries(parsed: Mapping[str, Any]) -> Iterator[Entry]:
    for section, content in parsed.items():
        if section in _EXPLAINS:
            continue
        if section == "sources":
            yield from _source_tables(content)
        elif section == "vars":
            yield from (Entry(f"vars {name}", _dumped(value), frozenset({name})) for name, value in content.items())
        elif isinstance(content, list) and all(isinstance(each, dict) and "name" in each for each in content):
            yield from (_entry(section, each["name"], each) for each in content)
        else:
            yield Entry(section, _dumped({section: content}), frozenset())


def canonical(text: str) -> str:
    """The content of a property file that decides rows, as one text."""
    return _dumped([[entry.key, entry.text] for entry in entries(text)])


def _source_tables(sources: list[dict[str, Any]]) -> Iterator[Entry]:
    for source in sources:
        around = {key: value for key, value in source.items() if key != "tables"}
        for table in source.get("tables", []):
            key = f"sources {source['name']}"
            yield _entry(key, table["name"], {**around, "tables": [table]})


def _entry(section: str, name: str, content: Mapping[str, Any]) -> Entry:
    return Entry(f"{section} {name}", _dumped(_without_description(content)), frozenset({name}))


def _without_description(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Only where dbt documents something: a column may be called ``description`` in a configuration or in test data."""
    counts: dict[str, Any] = {
        key: [_without_description(each) for each in value] if key in _DESCRIBED else value
        for key, value in entry.items()
        if key != "description"
    }
    config: dict[str, Any] = counts.pop("config", None) or {}
    if _DOCUMENTING & set(config.get(_META) or {}):
        meta = {name: value for name, value in config[_META].items() if name not in _DOCUMENTING}
        config = {name: value for name, value in {**config, _META: meta}.items() if name != _META or meta}
    return counts | ({"config": config} if config else {})


def _parsed(text: str) -> dict[str, Any]:
    import yaml

    try:
        parsed: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except yaml.YAMLError as broken:
        raise ValueError("no YAML") from broken
    return parsed


def _dumped(content: object) -> str:
    return json.dumps(content, sort_keys=True, default=str)
