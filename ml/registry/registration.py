"""Bundles into the registry and out of it again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from ml.durable import TEMPORARY, sync_tree
from ml.errors import ModelMissing
from ml.fingerprint import folder_fingerprint
from ml.registry.bundle import Bundle, read_bundle
from ml.registry.client import connect, experiment, registry_lock
from ml.registry.pyfunc import ARTIFACT, signature
from ml.registry.requirements import copy_code, needed, requirements
from ml.registry.versions import (
    CANDIDATE,
    MODEL,
    ModelVersion,
    Tag,
    complete_versions,
    find_by_training_key,
    search,
    version_info,
)
from ml.settings import Settings
from ml.tables import Col

if TYPE_CHECKING:
    from mlflow import MlflowClient

_ABOUT: Final = (
    "What each placement of the shop uses, as one bundle: a version per training. `candidate` is the newest one,"
    " `champion` the one that decides; which day it decides from is told by the promotion ledger, not by the alias."
)


def register_bundle(
    settings: Settings,
    bundle: Path,
    *,
    run_id: str,
    key: str,
    serving: Path,
) -> ModelVersion:
    """Register a bundle as a new version of ``shelf`` with the alias ``candidate``; a known key's version is reused.

    Args:
        bundle: the folder that ``write_bundle`` finished.
        run_id: the training's parent run.
        key: its ``training_key``.
        serving: a Python file that ends in ``ml.registry.pyfunc.serve``; it is stored as code beside the data.

    Raises:
        InvalidBundle: the folder is incomplete or holds a file that could run code.
    """
    index = read_bundle(bundle)
    client = connect(settings)
    experiment(settings, client)
    with registry_lock(settings, f"register {bundle.name}"):
        known = find_by_training_key(settings, key)
        if known is not None:
            return known
        _forget_unfinished(client, key)
        model_id = _logged(bundle, run_id, serving)
        _ensure_model(client)
        registered = client.create_model_version(
            MODEL,
            f"models:/{model_id}",
            run_id=run_id,
            model_id=model_id,
            description=_description(index),
            tags={
                Tag.training_key: key,
                Tag.trained_as_of: index.trained_as_of.isoformat(),
                Tag.content_hash: folder_fingerprint(bundle),
            },
        )
        version = str(registered.version)
        client.set_registered_model_alias(MODEL, CANDIDATE, version)
        client.set_model_version_tag(MODEL, version, Tag.complete, "true")  # last: only now may it be found
    return version_info(settings, int(version))


def download_bundle(
    settings: Settings, version: int, content_hash: str | None = None, *, patience: float | None = None
) -> Path:
    """The folder of a version's bundle in the data home, downloaded when it is not there intact.

    Args:
        content_hash: as the promotion ledger tells it; then MLflow is asked for missing files only.
        patience: how many seconds to wait for the registry; None means ``settings.lock_timeout``.

    Raises:
        WarehouseLocked: it has to be downloaded, and somebody else held the registry for longer.
        ModelMissing: the registry has no such version, or its files are gone or not the ones meant.
    """
    wanted = content_hash or version_info(settings, version).content_hash
    cached = settings.registry_dir / "bundles" / wanted[:16]
    if cached.is_dir() and folder_fingerprint(cached) == wanted:
        return cached
    with registry_lock(settings, f"download version {version}", patience):
        for leftover in cached.parent.glob(f"{TEMPORARY}*"):
            shutil.rmtree(leftover)
        cached.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=TEMPORARY, dir=cached.parent) as temporary:
            fetched = _fetched(settings, version, temporary)
            if folder_fingerprint(fetched) != wanted:
                raise _missing(version, "files that differ from the ones registered")
            sync_tree(fetched)
            shutil.rmtree(cached, ignore_errors=True)
            fetched.replace(cached)
    return cached


def _logged(bundle: Path, run_id: str, serving: Path) -> str:
    import mlflow
    import pandas

    code, paths = needed(serving), list(sys.path)
    with TemporaryDirectory() as scratch, mlflow.start_run(run_id=run_id):
        try:
            logged = mlflow.pyfunc.log_model(
                name=MODEL,
                python_model=str(serving),
                artifacts={ARTIFACT: str(bundle)},
                code_paths=[str(copy_code(code, Path(scratch)))],
                pip_requirements=requirements(code),
                signature=signature(),
                input_example=pandas.DataFrame({Col.user_id: ["1"]}),
            )
        finally:
            sys.path[:] = paths  # MLflow tries the model out, with the copy of the code before this process's own
    return str(logged.model_id)


def _ensure_model(client: MlflowClient) -> None:
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL, description=_ABOUT)


def _description(index: Bundle) -> str:
    recipes = ", ".join(f"{placement} by {used.recipe}" for placement, used in sorted(index.placements.items()))
    return f"Trained as of {index.trained_as_of}: {recipes}. The source run says how it was judged."


def _forget_unfinished(client: MlflowClient, key: str) -> None:
    """Remove what a killed registration of the same key left; nobody can have used it."""
    for found in search(client, f"tags.{Tag.training_key} = '{key}'"):
        if Tag.complete not in found.tags:
            client.delete_model_version(MODEL, found.version)


def _fetched(settings: Settings, version: int, into: str) -> Path:
    import mlflow

    wanted = version_info(settings, version)
    if Tag.files_removed in wanted.tags:  # housekeeping took them; the same training may have been repeated since
        wanted = _twin(settings, wanted)
    try:
        model = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{MODEL}/{wanted.version}", dst_path=into)
        found: dict[str, Any] = mlflow.models.Model.load(model).flavors["python_function"]["artifacts"]
    except (OSError, mlflow.MlflowException) as gone:
        raise _missing(version, f"no files ({type(gone).__name__})") from gone
    bundle = Path(model, str(found[ARTIFACT]["path"])).resolve()
    if not bundle.is_relative_to(Path(model).resolve()):
        raise _missing(version, "a path that leads out of the model")
    return bundle


def _twin(settings: Settings, removed: ModelVersion) -> ModelVersion:
    alike = (found for found in complete_versions(settings) if found.content_hash == removed.content_hash)
    found = next((found for found in alike if Tag.files_removed not in found.tags), None)
    if found is None:
        raise _missing(removed.version, f"none: tidy_storage removed them, trained as of {removed.trained_as_of}")
    return found


def _missing(version: int, found: str) -> ModelMissing:
    return ModelMissing(
        f"model {MODEL} version {version}",
        expected="its bundle's files",
        found=found,
        remedy="Run: shelduck train --as-of YYYY-MM-DD",
    )
