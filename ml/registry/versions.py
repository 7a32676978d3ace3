"""Versions of the registered model ``shelf``, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ml.errors import ModelMissing
from ml.registry.client import connect
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL: Final = "shelf"
CANDIDATE: Final = "candidate"
CHAMPION: Final = "champion"


class Tag:
    """Names of the tags on a model version."""

    training_key: Final = "training_key"
    trained_as_of: Final = "trained_as_of"
    content_hash: Final = "content_hash"
    complete: Final = "complete"
    promotion: Final = "promotion"
    files_removed: Final = "files_removed"


@dataclass(frozen=True)
class ModelVersion:
    """One registered bundle. ``content_hash`` is that of its files; ``tags`` are all tags it carries."""

    version: int
    trained_as_of: date
    training_key: str
    content_hash: str
    run_id: str
    tags: Mapping[str, str]


def training_key(*, data_hashes: Mapping[str, str], code: str, settings: Mapping[str, Any], seed: int) -> str:
    """The sha256, in hex, of everything that a training's result depends on."""
    parts = {"data": dict(data_hashes), "code": code, "settings": dict(settings), "seed": seed}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def version_info(settings: Settings, version: int) -> ModelVersion:
    """What the registry knows of a version.

    Raises:
        ModelMissing: there is no such version, or its registration was never finished.
    """
    known = {found.version: found for found in complete_versions(settings)}
    if version not in known:
        raise ModelMissing(
            f"model {MODEL} version {version}",
            expected="a registered version",
            found=f"versions {sorted(known) or 'none'}",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    return known[version]


def complete_versions(settings: Settings) -> list[ModelVersion]:
    """Every version whose registration was finished, oldest first."""
    return sorted(
        (_plain(found) for found in search(connect(settings), f"tags.{Tag.complete} = 'true'")),
        key=lambda found: found.version,
    )


def find_by_training_key(settings: Settings, key: str) -> ModelVersion | None:
    """The finished version that a training of this key registered, if there is one that still has its files."""
    known = (found for found in complete_versions(settings) if Tag.files_removed not in found.tags)
    return next((found for found in known if found.training_key == key), None)


def by_alias(settings: Settings, alias: str) -> ModelVersion | None:
    """The version that an alias names, if it names one."""
    from mlflow.exceptions import MlflowException

    try:
        return _plain(connect(settings).get_model_version_by_alias(MODEL, alias))
    except MlflowException as unknown:
        if unknown.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def search(client: MlflowClient, tags: str = "") -> list[Any]:
    """MLflow's own records of the model's versions, all pages of them."""
    found: list[Any] = []
    token: str | None = None
    query = f"name = '{MODEL}'" + (f" and {tags}" if tags else "")
    while True:
        page = client.search_model_versions(query, max_results=1000, page_token=token)
        found.extend(page)
        token = page.token
        if not token:
            return found


def _plain(found: Any) -> ModelVersion:
    tags = dict(found.tags)
    return ModelVersion(
        version=int(found.version),
        trained_as_of=date.fromisoformat(tags[Tag.trained_as_of]),
        training_key=tags[Tag.training_key],
        content_hash=tags[Tag.content_hash],
        run_id=found.run_id,
        tags=tags,
    )
