"""The part of a dbt project that some of its models need, read from the source text; dbt is not imported.

A name counts as used where it stands as a word in a file, in SQL and comments too. That may count a file too many
(a column is called like a macro), never one too few: models, seeds, sources and macros are referred to by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from ml.code.properties import canonical, entries, is_properties
from ml.code.sources import Sources
from ml.errors import CodeMissing

_JINJA: Final = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_WORD: Final = re.compile(r"\w+")
_DEFINED: Final = re.compile(r"\{%-?\s*(?:macro|test|materialization)\s+(\w+)")
_VERSION: Final = re.compile(r"_v\d+$")
_DISPATCH: Final = "__"


@dataclass(frozen=True)
class _Part:
    """A file, or an entry of a property file.

    Attributes:
        key: the path, for an entry with its section and name.
        text: what counts of it.
        defines: the names that make it needed where they are used; none: it is always needed.
        uses: the words in it that may be names.
        calls: of these, the words that stand in Jinja or YAML.
    """

    key: str
    text: str
    defines: frozenset[str]
    uses: frozenset[str]
    calls: frozenset[str]


def upstream(project: Sources, models: Iterable[str]) -> dict[str, str]:
    """The files and entries that ``models`` need, each with the text that counts.

    These are the models and seeds that they refer to, the macros and generic tests that any of these call, their
    entries in property files (without descriptions), the project's configuration, and the macros that no other file
    names: dbt calls those by itself (``generate_schema_name``).

    Args:
        project: the project's files, as ``read_project`` gives them.
        models: names of models or seeds.

    Raises:
        CodeMissing: the project has no model or seed of such a name.
    """
    wanted = set(models)
    _require(project, wanted)
    waiting, kept = list(_parts(project)), dict[str, str]()
    while found := [part for part in waiting if not part.defines or part.defines & wanted]:
        waiting = [part for part in waiting if part not in found]
        kept |= {part.key: part.text for part in found}
        wanted |= {word for part in found for word in part.uses}
    return kept


def deciding(project: Sources) -> dict[str, str]:
    """The whole project without what decides no row: descriptions, unit tests, exposures, comments in YAML."""
    return {path: canonical(text) if is_properties(path) else text for path, text in project.items()}


def _require(project: Sources, models: set[str]) -> None:
    known = {name for path in project if _is_node(path) for name in _names(path)}
    if missing := sorted(models - known):
        raise CodeMissing(
            f"dbt models {', '.join(missing)}",
            expected="models or seeds of the dbt project",
            found="none of these names",
            remedy="Correct the names where the capability declares its code",
        )


def _parts(project: Sources) -> Iterator[_Part]:
    parts = [part for path, text in project.items() for part in _parts_of(path, text)]
    for part in parts:
        if _folder(part.key) in {"macros", "tests"}:
            named = any(part.defines & other.calls for other in parts if other is not part)
            yield part if named else replace(part, defines=frozenset())
        else:
            yield part


@lru_cache(maxsize=1024)
def _parts_of(path: str, text: str) -> tuple[_Part, ...]:
    """Remembered, as each capability's revision reads the whole project."""
    if is_properties(path):
        return tuple(_entry(f"{path} {entry.key}", entry.text, entry.names) for entry in entries(text))
    defines = frozenset(_names(path)) if _is_node(path) else _defined(text)
    code = "" if path.endswith(".csv") else text
    return (_Part(path, text, defines, _words(code), _words(" ".join(_JINJA.findall(code)))),)


def _entry(key: str, text: str, names: frozenset[str]) -> _Part:
    words = _words(text)
    return _Part(key, text, names, words, words)


def _names(path: str) -> set[str]:
    """A model's or seed's name; of a version of a model (``dim_item_v2``) also the name that ``ref`` has."""
    name = PurePosixPath(path).stem
    return {name, _VERSION.sub("", name)}


def _defined(text: str) -> frozenset[str]:
    """Macros and tests; of ``duckdb__name`` also ``name``, by which ``adapter.dispatch`` finds it."""
    names: list[str] = _DEFINED.findall(text)
    return frozenset([*names, *(name.rpartition(_DISPATCH)[2] for name in names)])


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _is_node(path: str) -> bool:
    return _folder(path) in {"models", "seeds", "snapshots"} and not is_properties(path)


def _folder(path: str) -> str:
    """The folder below the project's: ``models`` of ``dbt_project/models/marts/dim_item.sql``."""
    return (*PurePosixPath(path).parts, "", "")[1]
