"""The code revision of a capability: a hash over the source files that its published days depend on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from ml.capability import Capability
from ml.code.dbt_sources import upstream
from ml.code.imports import modules_of, reached
from ml.code.sources import PROJECT, ROOT, Sources, hash_of, read_sources
from ml.errors import CodeMissing

_SNAPSHOT: Final = "ml.warehouse.build"
"""Builds and exports the tables that every capability reads; no capability imports it."""
_SUITES: Final = "expectations.suites"
_FEATURES: Final = f"{_SUITES}.features"
"""The suites of the dbt models, which all capabilities share; those of published tables are in a capability's own."""
_EXPORTS: Final = "export"
"""The package of a capability that writes what is published for other tools."""
_LIST: Final = "ml.capabilities"
"""Names every capability and decides no row of any: what it says of siblings does not count."""


def covered(sources: Sources, capability: Capability) -> dict[str, str]:
    """The sources that decide what a capability publishes: path (of YAML: path and entry) to the text that counts.

    These are its package but for what only shows (``_shows``), the suites of the tables that it reads and publishes,
    everything that these import, the build of the snapshot, and the dbt models that it reads with what is upstream of
    them.

    Raises:
        CodeMissing: its package, a suite of a published table or a model is not there.
    """
    modules = [_SNAPSHOT, capability.package, *(f"{_SUITES}.{capability.name}.{name}" for name in capability.tables)]
    deciding = [name for name in _existing(sources, modules) if not _shows(capability, name)]
    gated = [name for table in capability.reads for name in modules_of(sources, f"{_FEATURES}.{table}")]
    paths = reached(sources, [*deciding, *gated], without=_LIST).modules.values()
    project = {path: text for path, text in sources.items() if path.startswith(f"{PROJECT}/")}
    return {path: sources[path] for path in paths} | upstream(project, capability.reads)


def revision(sources: Sources, capability: Capability) -> str:
    """Twelve hex digits over ``covered``: names and texts."""
    return hash_of(covered(sources, capability))[:12]


@cache
def code_revision(capability: Capability, root: Path = ROOT) -> str:
    """The revision in the checkout at ``root``, read once per process; the same with and without git."""
    return revision(read_sources(root), capability)


def _shows(capability: Capability, module: str) -> bool:
    """Whether a module of the package shows or hands out what is published: its pages, diff, review and exports.

    It counts all the same where a module that decides imports it.
    """
    review = capability.training.review if capability.training else ""
    places = (place.partition(":")[0] for place in (capability.changes, capability.pages, review) if place)
    apart = {place if place.rpartition(".")[0] == capability.package else place.rpartition(".")[0] for place in places}
    apart.add(f"{capability.package}.{_EXPORTS}")
    return any(module == each or module.startswith(f"{each}.") for each in apart)


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
