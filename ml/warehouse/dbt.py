"""The dbt project, run inside this process: the only importer of dbt."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ml.code.dbt_sources import deciding
from ml.code.sources import hash_of, read_project
from ml.durable import no_space
from ml.errors import BuildFailed
from ml.settings import Settings
from ml.warehouse.connection import broken, damage_named, is_damage
from ml.warehouse.lineage import PROJECT
from ml.warehouse.parsed import keep_parsed, parsed_path, read_parsed

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

_SHOWN_FAILURES: Final = 5
_FAILED: Final = ("error", "fail", "runtime error", "partial success")
_FAILED_BATCH: Final = ("CatchableExceptionOnRun", "GenericExceptionOnRun")
"""dbt's events that say why a model, or a batch of one, failed."""
_NO_MEMORY: Final = "Out of Memory Error"
_ADVICE: Final = "Possible solutions:"
"""What DuckDB says then of its own options follows; ours are settings."""
_MORE_MEMORY: Final = "Raise SHELDUCK_MEMORY_LIMIT where the machine has more, or lower SHELDUCK_THREADS"
_MODELS_AT_ONCE: Final = 2
"""More add up their memory; one at a time, Python and DuckDB would wait for each other."""
_parsed: dict[tuple[str, str], Any] = {}

log = logging.getLogger(__name__)


class NodesFailed(BuildFailed):
    """A dbt run in which models or tests failed.

    ``models`` are those that cannot be used: that failed, were skipped, or have a failed test. ``for_memory`` says
    whether one of them failed for want of memory.
    """

    models: frozenset[str] = frozenset()
    for_memory: bool = False


@cache
def project_hash() -> str:
    """The SHA-256 over the project's sources, without descriptions, unit tests and exposures: they decide no row."""
    return hash_of(deciding(read_project(PROJECT)))


def run(settings: Settings, command: str, variables: dict[str, Any], *options: str) -> None:
    """Run a dbt command (such as ``build`` or ``docs generate``) on the warehouse and close its connection.

    The project is parsed once per batch size: the variables are looked up when a model runs. Where two models at once
    find too little memory, the command runs again with one at a time.

    Raises:
        NodesFailed: a model, seed or test failed; names the nodes and says what they said.
        BuildFailed: dbt could not run at all.
        WarehouseBroken: a damaged part of the file was met.
    """
    at_once = min(_MODELS_AT_ONCE, settings.threads)
    try:
        _run(settings, command, variables, options, at_once)
    except NodesFailed as failed:
        if not failed.for_memory or at_once == 1:
            raise
        log.warning("%d models at once found too little memory; again, one at a time: %s", at_once, failed)
        _run(settings, command, variables, options, 1)


def _run(settings: Settings, command: str, variables: dict[str, Any], options: Sequence[str], at_once: int) -> None:
    with _environment(settings, at_once), damage_named(settings.warehouse_path.name):
        try:
            manifest = _manifest(settings, variables)
            result = _invoke(settings, [*command.split(), *_flags(variables), *options], manifest)
        finally:
            _disconnect()
    _report(settings, command, result)


def parse_for(settings: Settings, batch_size: str) -> None:
    """Keep the parsed project beside the warehouse, as a build in batches of this size looks for it."""
    with _environment(settings):
        _manifest(settings, {"batch_size": batch_size})


def _manifest(settings: Settings, variables: dict[str, Any]) -> Any:
    """The parsed project. What is fixed by parsing depends on the batch size alone."""
    fixed = {"batch_size": variables["batch_size"]}
    key = (project_hash(), variables["batch_size"])
    if key not in _parsed:
        path = parsed_path(workplace(settings), variables["batch_size"])
        _parsed[key] = read_parsed(path) or _parse(settings, fixed, path)
    return _parsed[key]


def _parse(settings: Settings, fixed: dict[str, Any], path: Path) -> Any:
    """The project parsed anew, and kept at ``path`` for the next process."""
    parsed = _invoke(settings, ["parse", "--no-write-json", "--no-partial-parse", *_flags(fixed)], None)
    _report(settings, "parse", parsed)
    keep_parsed(path, parsed.result)
    return parsed.result


def _flags(variables: dict[str, Any]) -> list[str]:
    return ["--vars", json.dumps(variables)]


def _invoke(settings: Settings, arguments: Sequence[str], manifest: Any) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner

    place = workplace(settings)
    paths = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", place, "--log-path", place]
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    said: dict[str, str] = {}

    def hear(event: Any) -> None:
        if event.info.name in _FAILED_BATCH:
            said.setdefault(event.data.node_info.unique_id, event.data.exc)

    result = dbtRunner(manifest=manifest, callbacks=[hear]).invoke([*map(str, arguments), *map(str, paths), *quiet])
    for node in getattr(result.result, "results", None) or []:
        if node.status.value in _FAILED and node.batch_results and node.node.unique_id in said:
            node.message = f"{node.message}: {said[node.node.unique_id]}"  # else of batches: how many failed
    return result


def workplace(settings: Settings) -> Path:
    """Where dbt keeps what it compiled and parsed: beside the warehouse, never in the project."""
    return settings.warehouse_path.parent / "dbt"


def _report(settings: Settings, command: str, result: dbtRunnerResult) -> None:
    """Log every node's result; raise for the failed ones."""
    nodes = getattr(result.result, "results", None) or []
    for node in nodes:
        log.info("dbt %s: %s %s in %.2f s", command, node.node.name, node.status.value, node.execution_time)
    if result.success:
        return
    failed = [node for node in nodes if node.status.value in _FAILED]
    said = [*(str(node.message) for node in failed), str(result.exception)]
    damaged = [message for message in said if is_damage(message)]
    if damaged and not any(no_space(message) for message in said):
        raise broken(settings.warehouse_path.name, damaged[0])
    messages = [f"{node.node.name}: {_one_line(settings, node.message)}" for node in failed[:_SHOWN_FAILURES]]
    more = [f"and {len(failed) - _SHOWN_FAILURES} more"] if len(failed) > _SHOWN_FAILURES else []
    for_memory = any(_NO_MEMORY in message for message in said)
    compiled = f"The compiled SQL is under {settings.relative(workplace(settings))}"
    error = (NodesFailed if failed else BuildFailed)(
        f"dbt {command}",
        expected="every model and test to succeed",
        found="; ".join(messages + more) or _one_line(settings, str(result.exception)),
        remedy=f"{_MORE_MEMORY}. {compiled}" if for_memory else compiled,
    )
    if isinstance(error, NodesFailed):
        error.models, error.for_memory = frozenset(_unusable(nodes)), for_memory
    raise error


def _unusable(nodes: Sequence[Any]) -> Iterator[str]:
    for node in nodes:
        if node.status.value in (*_FAILED, "skipped"):
            attached = getattr(node.node, "attached_node", None)
            yield attached.rpartition(".")[2] if attached else node.node.name


def _one_line(settings: Settings, text: str | None) -> str:
    """``text`` on one line, without the absolute paths that dbt puts into it."""
    for folder in (settings.home, PROJECT.parent):
        text = (text or "no message").replace(f"{folder}/", "")
    return " ".join((text or "").partition(_ADVICE)[0].split()).rstrip(".")


@contextmanager
def _environment(settings: Settings, at_once: int = 1) -> Iterator[None]:
    """The variables that ``profiles.yml`` reads, as these settings have them, for so many models at once."""
    wanted = {
        "SHELDUCK_HOME": str(settings.home),
        "SHELDUCK_MODELS_AT_ONCE": str(at_once),
        # each model's own thread works on its query; DuckDB starts one fewer than it is told
        "SHELDUCK_DUCKDB_THREADS": str(settings.threads - at_once + 1),
        "SHELDUCK_MEMORY_LIMIT": settings.memory_limit,
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _disconnect() -> None:
    """Checkpoint and close dbt-duckdb's database, which it keeps open in a class attribute."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager as Manager

    environment = Manager._ENV
    if environment is None:
        return
    try:
        if environment.conn is not None:
            environment.conn.execute("checkpoint")
    finally:
        environment.close()
        Manager.close_all_connections()
