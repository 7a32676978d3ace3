"""From a published row back to where it comes from: ids, paths in the data home, pages of Airflow and MLflow."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from ml.fingerprint import file_fingerprint
from ml.publish.draft import Input
from ml.publish.manifest import MANIFEST
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.outputs import POLICY
from ml.recommend.passport.passport import Chain, Partition, Reference
from ml.recommend.passport.published_day import PublishedDay
from ml.registry.ledger import Promotion, promotions
from ml.registry.ledger_file import ledger_path
from ml.registry.links import DAG_RUN, TrainingRun, training_run
from ml.settings import Settings
from ml.warehouse.slices import RECORD
from ml.words import Text, Words

_EVENTS: Final = "interactions"
"""The landing table of what shoppers did."""
_NO_MODEL: Final = Words(
    "none: rules without a model served the day (policy 0)", "无：当日由无模型的规则提供（策略 0）"
)
_NOT_KEPT: Final = Words("not there any more: retention removed it", "已不存在：已按保留期清理")
_NO_DAG_RUN: Final = Words("none: it was not published by a DAG run", "无：并非由 DAG 运行发布")
_NO_RUN: Final = Words(
    "unknown: MLflow has no such run (any more), or is out of reach",
    "未知：MLflow 中没有（或不再有）此运行，或无法访问",
)


def references_of(day: PublishedDay) -> tuple[Reference, ...]:
    """The links that all rows of a version share, from its policy to its code."""
    told, home = day.manifest, day.settings
    version, revision = day.version.folder, told.code_revision
    made = str(told.provenance.get(DAG_RUN) or "")
    commit = told.provenance.get("git_commit")
    code = Words(f"git commit {commit}", f"git 提交 {commit}") if commit else Words("no git commit", "没有 git 提交")
    return (
        _at(home, "policy", str(told.policy.get("policy_id", "")), version / f"{POLICY.name}.parquet"),
        _at(home, "version", day.version.id, version / MANIFEST),
        *_model(home, told.policy.get("model_version")),
        _dag_run(home, "dag_run", RECOMMEND.daily_dag, made),
        _at(home, "snapshot", Path(told.slice).name, home.home / told.slice / RECORD),
        Reference("code", revision, note=code),
    )


def landing_of(day: PublishedDay, days: Collection[date]) -> tuple[Partition, ...]:
    """The landing partitions behind the day, each file of those that arrived on ``days`` with its hash."""
    return tuple(_partition(day.settings, each, days) for each in day.manifest.inputs)


def chain_of(day: PublishedDay, shared: tuple[Reference, ...], days: Collection[date]) -> Chain:
    """``shared`` links with the landing partitions."""
    return Chain(shared, landing_of(day, days))


def _model(settings: Settings, version: object) -> Iterator[Reference]:
    if not isinstance(version, int):
        yield Reference("model", note=_NO_MODEL)
        yield Reference("training_run", note=_NO_MODEL)
        return
    row = next((row for row in reversed(promotions(settings, MODEL)) if row.version == version), None)
    page = f"#/models/{MODEL}/versions/{version}"
    bundle = settings.registry_dir / "bundles" / row.content_hash[:16] if row else None
    where = settings.relative(bundle) if bundle and bundle.is_dir() else ""
    yield Reference("model", f"{MODEL} version {version}", where, page, "mlflow", _decides(row))
    yield from _training(settings, training_run(settings, MODEL, version))
    if row:
        yield _at(
            settings, "promotion", f"row {row.row}, effective from {row.effective_from}", _ledger(settings), row.why
        )


def _training(settings: Settings, run: TrainingRun | None) -> Iterator[Reference]:
    if run is None:
        yield Reference("training_run", note=_NO_RUN)
        return
    page, files = f"#/experiments/{run.experiment_id}/runs/{run.run_id}", run.artifacts
    inside = files is not None and files.is_dir() and files.is_relative_to(settings.home)
    where = settings.relative(files) if files and inside else ""
    yield Reference("training_run", run.run_id, where, page, "mlflow")
    yield _dag_run(settings, "training_dag_run", RECOMMEND.weekly_dag, run.dag_run_id)


def _decides(row: Promotion | None) -> Text:
    return Words(f"trained as of {row.trained_as_of}", f"训练截至 {row.trained_as_of}") if row else ""


def _ledger(settings: Settings) -> Path:
    return ledger_path(settings, MODEL)


def _dag_run(settings: Settings, name: str, dag_id: str, run_id: str) -> Reference:
    if not run_id:
        return Reference(name, note=_NO_DAG_RUN)
    logs = settings.home / "airflow" / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
    where = settings.relative(logs) if logs.is_dir() else ""
    return Reference(name, run_id, where, f"dags/{dag_id}/runs/{run_id}", "airflow")


def _at(settings: Settings, name: str, value: str, path: Path, note: Text = "") -> Reference:
    """A link to a file of the data home, if it is there."""
    if not path.exists():
        return Reference(name, value, note=_NOT_KEPT)
    return Reference(name, value, settings.relative(path), note=note)


def _partition(settings: Settings, source: Input, days: Collection[date]) -> Partition:
    inside = Path(source.table) / f"dt={source.arrival_date}"
    folder = settings.landing_dir / inside
    is_home = folder.is_relative_to(settings.home)
    top = Path(settings.relative(settings.landing_dir)) if is_home else Path()
    listed = (
        sorted(folder.iterdir()) if source.table == _EVENTS and source.arrival_date in days and folder.is_dir() else []
    )
    files = {(top / inside / path.name).as_posix(): file_fingerprint(path) for path in listed if path.is_file()}
    where = (top / inside).as_posix()
    return Partition(where, source.table, source.arrival_date, source.content_hash, source.rows, folder.is_dir(), files)
