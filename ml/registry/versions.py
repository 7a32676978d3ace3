"""Versions of registered models, as plain values."""

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

CANDIDATE: Final = "candidate"
CHAMPION: Final = "champion"
LOGGED: Final = "model_version"
"""Attribute of a log record that tells the version a training ended with, for whoever follows the run."""


class Tag:
    """Names of the tags on a model version."""

    training_key: Final = "training_key"
    trained_as_of: Final = "trained_as_of"
    content_hash: Final = "content_hash"
    complete: Final = "complete"
    promotion: Final = "promotion"
    rejection: Final = "rejection"
    files_removed: Final = "files_removed"


@dataclass(frozen=True)
class ModelVersion:
    """One registered bundle of the model. ``content_hash`` is that of its files; ``tags`` are all tags it carries."""

    model: str
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


def version_info(settings: Settings, model: str, version: int) -> ModelVersion:
    """What the registry knows of a version.

    Raises:
        ModelMissing: there is no such version, or its registration was never finished.
    """
    known = {found.version: found for found in complete_versions(settings, model)}
    if version not in known:
        raise ModelMissing(
            f"model {model} version {version}",
            expected="a registered version",
            found=f"versions {sorted(known) or 'none'}",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    return known[version]


def complete_versions(settings: Settings, model: str) -> list[ModelVersion]:
    """Every version whose registration was finished, oldest first; those that somebody registered by hand are not."""
    found = search(connect(settings), model, f"tags.{Tag.complete} = 'true'")
    return sorted((_plain(each) for each in found if is_own(each.tags)), key=lambda each: each.version)


def find_by_training_key(settings: Settings, model: str, key: str) -> ModelVersion | None:
    """The finished version that a training of this key registered, if there is one that still has its files."""
    known = (found for found in complete_versions(settings, model) if Tag.files_removed not in found.tags)
    return next((found for found in known if found.training_key == key), None)


def by_alias(settings: Settings, model: str, alias: str) -> ModelVersion | None:
    """The version of a model that an alias names, if it names one that a training registered."""
    number = aliases(connect(settings), model).get(alias)
    return next((found for found in complete_versions(settings, model) if found.version == number), None)


def aliases(client: MlflowClient, model: str) -> dict[str, int]:
    """The version's number by alias; none where there is no such model."""
    from mlflow.exceptions import MlflowException

    try:
        return {alias: int(number) for alias, number in client.get_registered_model(model).aliases.items()}
    except MlflowException as unknown:
        if unknown.error_code == "RESOURCE_DOES_NOT_EXIST":
            return {}
        raise


def search(client: MlflowClient, model: str, tags: str) -> list[Any]:
    """MLflow's own records of a model's versions with these tags, in no order."""
    return _records(client, f"name = '{model}' and {tags}")


def search_all(client: MlflowClient) -> list[Any]:
    """MLflow's own records of the versions of every registered model, in no order."""
    return _records(client, None)


def _records(client: MlflowClient, query: str | None) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        page = client.search_model_versions(query, max_results=1000, page_token=token)
        found.extend(page)
        token = page.token
        if not token:
            return found


def is_own(tags: Mapping[str, str]) -> bool:
    """Whether these are the tags that a finished registration leaves on a version."""
    if tags.get(Tag.complete) != "true" or not {Tag.training_key, Tag.content_hash} <= set(tags):
        return False
    try:
        date.fromisoformat(tags.get(Tag.trained_as_of, ""))
    except ValueError:
        return False
    return True


def _plain(found: Any) -> ModelVersion:
    tags = dict(found.tags)
    return ModelVersion(
        model=found.name,
        version=int(found.version),
        trained_as_of=date.fromisoformat(tags[Tag.trained_as_of]),
        training_key=tags[Tag.training_key],
        content_hash=tags[Tag.content_hash],
        run_id=found.run_id,
        tags=tags,
    )
