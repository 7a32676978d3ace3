"""The model that decides a day, of a capability that does without one until its first training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from pydantic import JsonValue

from ml.registry.registration import download_bundle
from ml.settings import Settings

RULES: Final = "rules"
BundleT = TypeVar("BundleT")


class Version(Protocol):
    """What is needed of a version: a row of the promotion ledger or of the registry."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def content_hash(self) -> str:
        """Hash of its files."""


@dataclass(frozen=True, eq=False)
class Policy(Generic[BundleT]):
    """A model and where it comes from. Content, not provenance, makes its id.

    Attributes:
        model_name: ``rules`` without a model, else the registered model's name.
        model_hash: hash of the model's files; of nothing without one.
        version: of the model; None without one.
        code: revision of the code that reads it.
    """

    model_name: str
    model_hash: str
    version: int | None
    bundle: BundleT | None
    code: str

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content and code."""
        content = [self.model_name, self.model_hash, self.code]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def told(self) -> dict[str, JsonValue]:
        """For the manifest."""
        return {"policy_id": self.policy_id, "model_name": self.model_name, "model_version": self.version}


def policy_of_version(
    settings: Settings, model: str, decides: Version | None, read: Callable[[Path], BundleT], code: str
) -> Policy[BundleT]:
    """The policy of a model's version; of rules where there is none.

    Raises:
        ModelMissing: the registry does not hold the version.
    """
    if decides is None:
        return Policy(RULES, "", None, None, code)
    bundle = read(download_bundle(settings, model, decides.version, decides.content_hash))
    return Policy(model, decides.content_hash, decides.version, bundle, code)
