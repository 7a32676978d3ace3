"""Bundles into the registry and out of it again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ml.durable import TEMPORARY, sync_tree
from ml.errors import ModelMissing
from ml.fingerprint import folder_fingerprint
from ml.registry.bundle import NewBundle, require_plain_data
from ml.registry.client import connect, experiment, registry_lock
from ml.registry.model import RegisteredModel
from ml.registry.pyfunc import ARTIFACT, signature
from ml.registry.requirements import copy_code, needed, requirements
from ml.registry.versions import (
    CANDIDATE,
    ModelVersion,
    Tag,
    complete_versions,
    find_by_training_key,
    search,
    version_info,
)
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient


def register_bundle(
    settings: Settings, model: RegisteredModel, bundle: NewBundle, *, run_id: str, key: str
) -> ModelVersion:
    """Register a bundle as a new version with the alias ``candidate``; a known key's version is reused.

    Args:
        run_id: the training's parent run.
        key: its ``training_key``.

    Raises:
        InvalidBundle: the folder is empty or holds a file that could run code.
    """
    require_plain_data(bundle.folder)
    client = connect(settings)
    experiment(settings, client)
    with registry_lock(settings, f"register {model.name} {bundle.folder.name}"):
        known = find_by_training_key(settings, model.name, key)
        if known is not None:
            return known
        _forget_unfinished(client, model.name, key)
        model_id = _logged(model, bundle.folder, run_id)
        _ensure_model(client, model)
        registered = client.create_model_version(
            model.name,
            f"models:/{model_id}",
            run_id=run_id,
            model_id=model_id,
            description=bundle.about,
            tags={
                Tag.training_key: key,
                Tag.trained_as_of: bundle.trained_as_of.isoformat(),
                Tag.content_hash: folder_fingerprint(bundle.folder),
            },
        )
        version = str(registered.version)
        client.set_registered_model_alias(model.name, CANDIDATE, version)
        client.set_model_version_tag(model.name, version, Tag.complete, "true")  # last: only now may it be found
    return version_info(settings, model.name, int(version))


def download_bundle(
    settings: Settings, model: str, version: int, content_hash: str | None = None, *, patience: float | None = None
) -> Path:
    """The folder of a version's bundle in the data home, downloaded when it is not there intact.

    Args:
        content_hash: as the promotion ledger tells it; then MLflow is asked for missing files only.
        patience: how many seconds to wait for the registry; None means ``settings.lock_timeout``.

    Raises:
        WarehouseLocked: it has to be downloaded, and somebody else held the registry for longer.
        ModelMissing: the registry has no such version, or its files are gone or not the ones meant.
    """
    wanted = content_hash or version_info(settings, model, version).content_hash
    cached = settings.registry_dir / "bundles" / wanted[:16]
    if cached.is_dir() and folder_fingerprint(cached) == wanted:
        return cached
    with registry_lock(settings, f"download {model} version {version}", patience):
        for leftover in cached.parent.glob(f"{TEMPORARY}*"):
            shutil.rmtree(leftover)
        cached.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=TEMPORARY, dir=cached.parent) as temporary:
            fetched = _fetched(settings, model, version, temporary)
            if folder_fingerprint(fetched) != wanted:
                raise _missing(model, version, "files that differ from the ones registered")
            sync_tree(fetched)
            shutil.rmtree(cached, ignore_errors=True)
            fetched.replace(cached)
    return cached


def _logged(model: RegisteredModel, bundle: Path, run_id: str) -> str:
    import mlflow
    import pandas

    code, paths = needed(model.serving), list(sys.path)
    with TemporaryDirectory() as scratch, mlflow.start_run(run_id=run_id):
        try:
            logged = mlflow.pyfunc.log_model(
                name=model.name,
                python_model=str(model.serving),
                artifacts={ARTIFACT: str(bundle)},
                code_paths=[str(copy_code(code, Path(scratch)))],
                pip_requirements=requirements(code),
                signature=signature(model.interface),
                input_example=pandas.DataFrame(dict(model.interface.example)),
            )
        finally:
            sys.path[:] = paths  # MLflow tries the model out, with the copy of the code before this process's own
    return str(logged.model_id)


def _ensure_model(client: MlflowClient, model: RegisteredModel) -> None:
    if not client.search_registered_models(f"name = '{model.name}'"):
        client.create_registered_model(model.name, description=model.about)


def _forget_unfinished(client: MlflowClient, model: str, key: str) -> None:
    """Remove what a killed registration of the same key left; nobody can have used it."""
    for found in search(client, model, f"tags.{Tag.training_key} = '{key}'"):
        if Tag.complete not in found.tags:
            client.delete_model_version(model, found.version)


def _fetched(settings: Settings, model: str, version: int, into: str) -> Path:
    import mlflow

    wanted = version_info(settings, model, version)
    if Tag.files_removed in wanted.tags:  # housekeeping took them; the same training may have been repeated since
        wanted = _twin(settings, wanted)
    try:
        folder = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{model}/{wanted.version}", dst_path=into)
        found: dict[str, Any] = mlflow.models.Model.load(folder).flavors["python_function"]["artifacts"]
    except (OSError, mlflow.MlflowException) as gone:
        raise _missing(model, version, f"no files ({type(gone).__name__})") from gone
    bundle = Path(folder, str(found[ARTIFACT]["path"])).resolve()
    if not bundle.is_relative_to(Path(folder).resolve()):
        raise _missing(model, version, "a path that leads out of the model")
    return bundle


def _twin(settings: Settings, removed: ModelVersion) -> ModelVersion:
    alike = (
        found for found in complete_versions(settings, removed.model) if found.content_hash == removed.content_hash
    )
    found = next((found for found in alike if Tag.files_removed not in found.tags), None)
    if found is None:
        raise _missing(
            removed.model, removed.version, f"none: tidy_storage removed them, trained as of {removed.trained_as_of}"
        )
    return found


def _missing(model: str, version: int, found: str) -> ModelMissing:
    return ModelMissing(
        f"model {model} version {version}",
        expected="its bundle's files",
        found=found,
        remedy="Run: shelduck train --as-of YYYY-MM-DD",
    )
