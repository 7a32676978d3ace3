"""Which trainings stay in MLflow: the young ones, and those whose model a kept day, an alias or the ledger needs.

An old training that nobody needs goes whole: its runs, its version of the model, its files. One that decided days
which are no longer kept loses its files only: the ledger can still be rebuilt from its tags, so which model was
effective on which day stays known, and training again with the same data, code and settings brings the files back.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from ml.freed import Freed, remove
from ml.registry.client import EXPERIMENT, connect, registry_lock
from ml.registry.ledger import policy_effective, promotions
from ml.registry.versions import CANDIDATE, CHAMPION, MODEL, ModelVersion, Tag, by_alias, complete_versions
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

WHAT: Final = "MLflow trainings"
_A_DAY: Final = 86_400.0


@dataclass
class _Training:
    """A parent run, its children and the versions it registered."""

    run_id: str
    started: float
    runs: list[Any] = field(default_factory=list)
    versions: list[ModelVersion] = field(default_factory=list)


def prune_trainings(
    settings: Settings,
    kept_from: date | None,
    kept_days: Iterable[date],
    *,
    dry_run: bool = False,
    now: float | None = None,
) -> list[Freed]:
    """Remove trainings older than ``kept_run_days`` that nothing needs, and cached bundles of no needed version.

    Args:
        settings: where, and for how long.
        kept_from: from this day on every day may be run again; None keeps all models that were ever promoted.
        kept_days: earlier days that are still published, such as a pinned one.
        dry_run: only tell.
        now: seconds since 1970, for tests.

    Raises:
        WarehouseLocked: a registration or promotion did not end in time.
    """
    if settings.mlflow_tracking_uri is None and not settings.mlflow_database.exists():
        return [Freed(WHAT, note="none yet")]
    client, moment = connect(settings), time.time() if now is None else now
    with registry_lock(settings, "tidy the registry"):
        needed = _needed(settings, kept_from, kept_days)
        old = [
            training
            for training in _trainings(settings, client)
            if moment - training.started > settings.kept_run_days * _A_DAY
            and not any(version.version in needed for version in training.versions)
        ]
        return [_forget(settings, client, old, dry_run), _bundles(settings, needed, moment, dry_run)]


def _needed(settings: Settings, kept_from: date | None, kept_days: Iterable[date]) -> dict[int, str]:
    """Versions that must stay, with their content hashes."""
    aliases = [found for name in (CHAMPION, CANDIDATE) if (found := by_alias(settings, name))]
    needed = {found.version: found.content_hash for found in aliases}
    later = [row for row in promotions(settings) if kept_from is None or row.effective_from >= kept_from]
    days = [*kept_days, *([kept_from] if kept_from else [])]
    then = [row for day in days if (row := policy_effective(settings, day, "then"))]
    return needed | {row.version: row.content_hash for row in (*later, *then)}


def _trainings(settings: Settings, client: MlflowClient) -> list[_Training]:
    found = client.get_experiment_by_name(EXPERIMENT)
    runs = _all_runs(client, str(found.experiment_id)) if found else []
    trainings: dict[str, _Training] = {}
    for run in runs:
        root = run.data.tags.get("mlflow.parentRunId", run.info.run_id)
        training = trainings.setdefault(root, _Training(root, 0.0))
        training.runs.append(run)
        training.started = max(training.started, run.info.start_time / 1000)
    for version in complete_versions(settings):
        if version.run_id in trainings:
            trainings[version.run_id].versions.append(version)
    return list(trainings.values())


def _all_runs(client: MlflowClient, experiment_id: str) -> list[Any]:
    runs: list[Any] = []
    token: str | None = None
    while True:
        page = client.search_runs([experiment_id], max_results=1000, page_token=token)
        runs.extend(page)
        token = page.token
        if not token:
            return runs


def _forget(settings: Settings, client: MlflowClient, old: list[_Training], dry_run: bool) -> Freed:
    promoted = {row.version for row in promotions(settings)}
    held, count, elsewhere, gone = 0, 0, 0, []
    for training in old:
        is_promoted = any(version.version in promoted for version in training.versions)
        if is_promoted and all(Tag.files_removed in version.tags for version in training.versions):
            continue
        places = [run.info.artifact_uri for run in training.runs] + _models(client, training)
        if not all(_is_ours(settings, place) for place in places):
            elsewhere += 1
            continue
        count, held = count + 1, held + sum(map(_held, places))
        if not dry_run:
            gone += _remove_training(client, training, places, is_promoted)
    if gone and settings.tracking_uri.startswith("sqlite:"):
        _collect_garbage(settings, gone)
    return Freed(WHAT, count, held, f"{elsewhere} with files outside the data home were left" if elsewhere else "")


def _remove_training(client: MlflowClient, training: _Training, places: list[str], is_promoted: bool) -> list[str]:
    """Tags first: a version whose files are half gone must not be found. Returns the runs that were deleted."""
    for version in training.versions:
        if is_promoted:
            client.set_model_version_tag(MODEL, str(version.version), Tag.files_removed, "true")
        else:
            client.delete_model_version(MODEL, str(version.version))
    for place in places:
        _repository(place).delete_artifacts()
    if is_promoted:
        return []
    for model in client.search_logged_models([training.runs[0].info.experiment_id]):
        if model.source_run_id == training.run_id:
            client.delete_logged_model(model.model_id)
    for run in training.runs:
        client.delete_run(run.info.run_id)
    return [run.info.run_id for run in training.runs]


def _models(client: MlflowClient, training: _Training) -> list[str]:
    """Where the files of the models that a training logged lie."""
    logged = client.search_logged_models([training.runs[0].info.experiment_id])
    return [model.artifact_location for model in logged if model.source_run_id == training.run_id]


def _is_ours(settings: Settings, place: str) -> bool:
    """MLflow stores absolute addresses: in a copy of a data home they still name the original's files."""
    parts = urlsplit(place)
    return parts.scheme not in ("", "file") or Path(unquote(parts.path)).is_relative_to(settings.home)


def _repository(place: str) -> Any:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(place)


def _held(place: str, path: str | None = None) -> int:
    repository = _repository(place)
    entries = repository.list_artifacts(path)
    return sum(_held(place, entry.path) if entry.is_dir else int(entry.file_size or 0) for entry in entries)


def _collect_garbage(settings: Settings, run_ids: list[str]) -> None:
    """MLflow's own command takes deleted runs out of the database; a server's database is its own business."""
    uri = settings.tracking_uri
    command = ["gc", "--backend-store-uri", uri, "--tracking-uri", uri, "--run-ids", ",".join(run_ids)]
    subprocess.run([sys.executable, "-m", "mlflow", *command], check=True, capture_output=True, text=True)


def _bundles(settings: Settings, needed: dict[int, str], now: float, dry_run: bool) -> Freed:
    """Downloaded bundles can be downloaded again, so only the needed ones and those of the last day stay."""
    kept = {content[:16] for content in needed.values()}
    cache = settings.registry_dir / "bundles"
    folders = cache.iterdir() if cache.is_dir() else ()
    return remove(
        "downloaded bundles",
        [folder for folder in folders if folder.name not in kept and now - folder.stat().st_mtime > _A_DAY],
        dry_run=dry_run,
    )
