"""Which landing tables are behind which dbt models: follows ``ref`` and ``source`` in the project's source text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final

from ml.code.sources import ROOT, read_project

PROJECT: Final = ROOT / "dbt_project"
WAIVERS: Final = "waivers"
"""The landing table that no model reads: it decides whether a day is published at all."""
_LANDED: Final = re.compile(r"source\(\s*'landing'\s*,\s*'(\w+)'\s*\)")
_REFERRED: Final = re.compile(r"ref\(\s*'(\w+)'\s*\)")
_MACRO: Final = re.compile(r"\{%-?\s*macro\s+(\w+)(.*?)endmacro", re.DOTALL)
_WORD: Final = re.compile(r"\w+")
_STAGING: Final = ("models", "staging")
_AGGREGATES: Final = ("models", "intermediate", "arrivals")
_STEPS: Final = ("models", "intermediate", "windows")
_DATED: Final = {"features": "marts", "marts": "marts"}
"""By folder the schema of the models that hold rows of as-of dates."""


@cache
def landing_tables(models: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The landing tables that ``models`` are made of, sorted; without names: those that the whole project reads."""
    return tuple(sorted({table for text in _upstream(models).values() for table in _LANDED.findall(text)}))


@cache
def deciding_tables(models: tuple[str, ...] = ()) -> frozenset[str]:
    """The landing tables that decide what ``models`` hold, or whether a day is published."""
    return frozenset((*landing_tables(models), WAIVERS))


@cache
def aggregated_tables() -> tuple[str, ...]:
    """The landing tables whose rows are summed once per arrival date and kept: those of the models in ``arrivals``."""
    paths = [PurePosixPath(path) for path in read_project(PROJECT)]
    return landing_tables(tuple(sorted(path.stem for path in paths if path.suffix == ".sql" and _is_aggregate(path))))


@cache
def staged_relations() -> tuple[str, ...]:
    """The views of the landed rows and the seeds, with their schemas; neither depends on a day."""
    paths = [PurePosixPath(path) for path in read_project(PROJECT)]
    views = sorted(path.stem for path in paths if path.parts[1:3] == _STAGING and path.suffix == ".sql")
    seeds = sorted(path.stem for path in paths if path.parts[1] == "seeds" and path.suffix == ".csv")
    return (*(f"staging.{name}" for name in views), *(f"seeds.{name}" for name in seeds))


@cache
def dated_relations() -> dict[str, str]:
    """The features and marts by name, sorted, with their schemas: what holds rows of as-of dates."""
    paths = [PurePosixPath(path) for path in read_project(PROJECT) if path.endswith(".sql")]
    dated = sorted(
        (path.stem, path.parts[2]) for path in paths if path.parts[1] == "models" and path.parts[2] in _DATED
    )
    return {name: f"{_DATED[folder]}.{name}" for name, folder in dated}


@cache
def unread_relations(tables: tuple[str, ...]) -> dict[str, str]:
    """By name the relations of as-of dates, and the steps towards them, that no model of ``tables`` is made of."""
    paths = [PurePosixPath(path) for path in read_project(PROJECT) if path.endswith(".sql")]
    steps = sorted(path.stem for path in paths if path.parts[1:4] == _STEPS)
    relations = {**dated_relations(), **{name: f"intermediate.{name}" for name in steps}}
    needed = _upstream(tables)
    return {name: relation for name, relation in relations.items() if name not in needed}


@cache
def key_columns(model: str) -> tuple[str, ...]:
    """The columns that identify a row of ``model`` on one day, as its ``key`` test names them."""
    return _keys()[model]


@cache
def _keys() -> dict[str, tuple[str, ...]]:
    import yaml

    properties = [text for path, text in read_project(PROJECT).items() if path.endswith((".yml", ".yaml"))]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = [
        entry for text in properties for entry in (yaml.load(text, loader) or {}).get("models", []) if _tests(entry)
    ]
    return {entry["name"]: tuple(name for name in _tests(entry)[0] if name != "as_of_date") for entry in entries}


def _tests(entry: Any) -> list[list[str]]:
    """The columns of each ``key`` test of a model; none where the entry is a path's configuration."""
    tests = entry.get("data_tests", []) if isinstance(entry, dict) else []
    return [test["key"]["arguments"]["columns"] for test in tests if isinstance(test, dict) and "key" in test]


def _upstream(models: tuple[str, ...]) -> dict[str, str]:
    """The SQL of ``models``, by default of all, and of the models, seeds and macros that they are made of, by name."""
    texts = _texts()
    waiting, seen = list(models or texts), dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name in texts and name not in seen:
            seen[name] = texts[name]
            waiting += [
                *_REFERRED.findall(texts[name]),
                *(word for word in _WORD.findall(texts[name]) if word in _macros()),
            ]
    return seen


def _is_aggregate(path: PurePosixPath) -> bool:
    return path.parts[1:4] == _AGGREGATES


@cache
def _texts() -> dict[str, str]:
    """The SQL of every model and seed by its name, and of every macro by its own."""
    files = read_project(PROJECT).items()
    models = {PurePosixPath(path).stem: text for path, text in files if path.endswith(".sql") and "/models/" in path}
    return _macros() | models


@cache
def _macros() -> dict[str, str]:
    macros = [text for path, text in read_project(PROJECT).items() if "/macros/" in path and path.endswith(".sql")]
    return dict(_defined(macros))


def _defined(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    return (found for text in texts for found in _MACRO.findall(text))
