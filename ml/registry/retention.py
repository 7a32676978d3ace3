"""Which trainings stay in MLflow: the young ones, and those of which a kept day, an alias or a ledger needs a version.

What is needed is decided for each model by its own ledger and its own kept days. An old training that nobody needs
goes whole: its runs, its versions, its files. One that decided days
which are no longer kept loses its files only: the ledger can still be rebuilt from its tags, so which model was
effective on which day stays known, and training again with the same data, code and settings brings the files back.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from ml.cleanup import Cleanup, remove
from ml.registry.client import COPY, EVALUATIONS, EXPERIMENT, TUNING, connect, may_have_models, registry_lock
from ml.registry.foreign import Foreign, foreign_versions, named
from ml.registry.ledger import Promotion, policy_of, recorded
from ml.registry.runs import RunTree, run_trees
from ml.registry.versions import ModelVersion, Tag, aliases, complete_versions
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

KINDS: Final = {
    EXPERIMENT: "MLflow trainings",
    EVALUATIONS: "MLflow evaluations",
    TUNING: "MLflow searches",
    COPY: "MLflow records of a language model",
}
"""What the runs of each experiment are called in reports."""
_A_DAY: Final = 86_400.0
_AT_A_TIME: Final = 1000  # run ids in one command line


_Key = tuple[str, int]
"""A model's name and a version's number."""


@dataclass(frozen=True)
class KeptDays:
    """The days whose version of a model must stay.

    Attributes:
        first: from this day on every day may be run again; None keeps all versions that were ever promoted.
        earlier: earlier days that are still published, such as a pinned one.
    """

    first: date | None
    earlier: Collection[date] = ()


@dataclass
class _Pruning:
    """What one pruning knows of all models; and what it removed.

    Attributes:
        promoted: versions that ever decided.
        needed: versions that must stay, with their content hashes.
        removed: ids of deleted runs.
    """

    client: MlflowClient
    now: float
    dry_run: bool
    promoted: set[_Key]
    versions: list[ModelVersion]
    needed: dict[_Key, str]
    foreign: list[Foreign]
    removed: list[str] = field(default_factory=list)

    def of(self, tree: RunTree) -> list[ModelVersion]:
        """The versions that a training registered, of any model."""
        return [version for version in self.versions if version.run_id == tree.run_id]

    def is_promoted(self, tree: RunTree) -> bool:
        """Whether one of them ever decided."""
        return any(_key(version) in self.promoted for version in self.of(tree))


def prune_trainings(
    settings: Settings,
    kept: Mapping[str, KeptDays],
    *,
    dry_run: bool = False,
    now: float | None = None,
) -> list[Cleanup]:
    """Remove runs older than ``kept_run_days`` that nothing needs, and cached bundles of no needed version.

    Evaluations and searches for parameters registered nothing, so of those only the age counts. What was logged or
    registered by hand stays, and so does what it was made from.

    Args:
        settings: where, and for how long.
        kept: the platform's models by name, each with its days. Versions of all others are foreign: they stay.
        dry_run: only tell.
        now: seconds since 1970, for tests.

    Returns:
        Of each experiment, and of the bundles.

    Raises:
        WarehouseLocked: a registration or promotion did not end in time.
    """
    if not may_have_models(settings):
        return [Cleanup(KINDS[EXPERIMENT], note="none yet")]
    client, moment = connect(settings), time.time() if now is None else now
    with registry_lock(settings, "tidy the registry"):
        pruning = _Pruning(client, moment, dry_run, set(), [], {}, foreign_versions(settings, kept))
        for model, days in kept.items():
            rows, versions = recorded(settings, model), complete_versions(settings, model)
            pruning.promoted |= {(model, row.version) for row in rows}
            pruning.versions += versions
            pruning.needed |= _needed(model, set(aliases(client, model).values()), rows, versions, days)
        cleaned = [_prune(settings, pruning, experiment) for experiment in KINDS]
        cleaned.append(_bundles(settings, pruning.needed, moment, dry_run))
    if settings.tracking_uri.startswith("sqlite:"):
        _collect_garbage(settings, pruning.removed)
    return cleaned


def _needed(
    model: str, aliased: set[int], rows: list[Promotion], versions: list[ModelVersion], kept: KeptDays
) -> dict[_Key, str]:
    """A model's versions that must stay, with their content hashes: also those to which a person gave an alias."""
    needed = {_key(found): found.content_hash for found in versions if found.version in aliased}
    later = [row for row in rows if kept.first is None or row.effective_from >= kept.first]
    days = [*kept.earlier, *([kept.first] if kept.first else [])]
    then = [row for day in days if (row := policy_of(rows, day))]
    return needed | {(model, row.version): row.content_hash for row in (*later, *then)}


def _key(version: ModelVersion) -> _Key:
    return version.model, version.version


def _prune(settings: Settings, pruning: _Pruning, experiment: str) -> Cleanup:
    held, count, left = 0, 0, _Left(pruning.foreign if experiment == EXPERIMENT else ())
    for tree in run_trees(pruning.client, experiment):
        if not tree.is_own:
            left.by_hand += 1
            continue
        if pruning.now - tree.started <= settings.kept_run_days * _A_DAY or _is_done(pruning, tree):
            continue
        if any(each.is_made_from(tree.names) for each in pruning.foreign):
            left.sources += 1
            continue
        if not all(_is_ours(settings, place) for place in tree.places):
            left.elsewhere += 1
            continue
        count, held = count + 1, held + sum(map(_held, tree.places))
        if not pruning.dry_run:
            _remove(pruning, tree)
    return Cleanup(KINDS[experiment], count, held, left.note())


@dataclass
class _Left:
    """What was left alone, and why."""

    foreign: Sequence[Foreign]
    by_hand: int = 0
    sources: int = 0
    elsewhere: int = 0

    def note(self) -> str:
        notes = {
            f"left alone, not registered by Shelduck: {named(self.foreign)}": len(self.foreign),
            f"{self.sources} from which those were made were left": self.sources,
            f"{self.by_hand} with runs logged by hand were left": self.by_hand,
            f"{self.elsewhere} with files outside the data home were left": self.elsewhere,
        }
        return "; ".join(note for note, count in notes.items() if count)


def _is_done(pruning: _Pruning, tree: RunTree) -> bool:
    """Nothing to remove: a version of it is needed, or one decided once and the files are gone already."""
    versions = pruning.of(tree)
    if any(_key(version) in pruning.needed for version in versions):
        return True
    return pruning.is_promoted(tree) and all(Tag.files_removed in version.tags for version in versions)


def _remove(pruning: _Pruning, tree: RunTree) -> None:
    """Tags first: a version whose files are half gone must not be found."""
    client, is_promoted = pruning.client, pruning.is_promoted(tree)
    for version in pruning.of(tree):
        if _key(version) in pruning.promoted:
            client.set_model_version_tag(version.model, str(version.version), Tag.files_removed, "true")
        else:
            client.delete_model_version(version.model, str(version.version))
    for place in tree.places:
        _repository(place).delete_artifacts()
    if is_promoted:
        return
    for model in tree.models:
        client.delete_logged_model(model.model_id)
    for run in tree.runs:
        client.delete_run(run.info.run_id)
        pruning.removed.append(run.info.run_id)


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
    for first in range(0, len(run_ids), _AT_A_TIME):
        some = ",".join(run_ids[first : first + _AT_A_TIME])
        command = ["gc", "--backend-store-uri", uri, "--tracking-uri", uri, "--run-ids", some]
        subprocess.run([sys.executable, "-m", "mlflow", *command], check=True, capture_output=True, text=True)


def _bundles(settings: Settings, needed: Mapping[_Key, str], now: float, dry_run: bool) -> Cleanup:
    """Downloaded bundles can be downloaded again, so only the needed ones and those of the last day stay."""
    kept = {content[:16] for content in needed.values()}
    cache = settings.registry_dir / "bundles"
    folders = cache.iterdir() if cache.is_dir() else ()
    return remove(
        "downloaded bundles",
        [folder for folder in folders if folder.name not in kept and now - folder.stat().st_mtime > _A_DAY],
        dry_run=dry_run,
    )
