"""The code revision of a capability: a hash over the source files that its published days depend on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ml.code.dbt_sources import upstream
from ml.code.imports import modules_of, reached
from ml.code.sources import PROJECT, ROOT, Sources, hash_of, read_sources
from ml.errors import CodeMissing

_SNAPSHOT: Final = "ml.warehouse.build"
"""Builds and exports the tables that every capability reads; no capability imports it."""
_SUITES: Final = "expectations.suites"


@dataclass(frozen=True)
class Scope:
    """What a capability runs; everything else that counts follows from imports and references.

    Attributes:
        package: its Python package; each of its modules counts, with what it imports.
        suites: names of the Great Expectations suites of its input and output tables.
        models: names of the dbt models that it reads, directly or as exported tables.
    """

    package: str
    suites: tuple[str, ...]
    models: tuple[str, ...]


def covered(sources: Sources, scope: Scope) -> dict[str, str]:
    """The sources that decide what a capability publishes: path (of YAML: path and entry) to the text that counts.

    Raises:
        CodeMissing: a package, suite or model of the scope is not there.
    """
    modules = [_SNAPSHOT, scope.package, *(f"{_SUITES}.{suite}" for suite in scope.suites)]
    paths = reached(sources, _existing(sources, modules)).modules.values()
    project = {path: text for path, text in sources.items() if path.startswith(f"{PROJECT}/")}
    return {path: sources[path] for path in paths} | upstream(project, scope.models)


def revision(sources: Sources, scope: Scope) -> str:
    """Twelve hex digits over ``covered``: names and texts."""
    return hash_of(covered(sources, scope))[:12]


@cache
def code_revision(scope: Scope, root: Path = ROOT) -> str:
    """The revision in the checkout at ``root``, read once per process; the same with and without git."""
    return revision(read_sources(root), scope)


def _existing(sources: Sources, modules: Iterable[str]) -> list[str]:
    found = {module: modules_of(sources, module) for module in modules}
    if missing := sorted(module for module, names in found.items() if not names):
        raise CodeMissing(
            f"modules {', '.join(missing)}",
            expected="Python modules of this checkout",
            found="none of these names",
            remedy="Correct the names where the capability declares its code",
        )
    return [name for names in found.values() for name in names]
