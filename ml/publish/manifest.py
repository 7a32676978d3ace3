"""The manifest of a published version: from what, by what and under which policy it was made."""

from __future__ import annotations

import hashlib
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from pydantic import BaseModel, ConfigDict, JsonValue

from ml.capability import Capability
from ml.publish.draft import Input
from ml.settings import Settings

MANIFEST = "manifest.json"
_LIBRARIES = (
    *("shelduck", "polars", "duckdb", "numpy", "scipy", "pyarrow", "implicit", "scikit-learn"),
    *("dbt-core", "dbt-duckdb", "great-expectations", "mlflow", "apache-airflow"),
)


class TableRecord(BaseModel):
    """A table of a version.

    Attributes:
        content_hash: of values and types (``ml.publish.content``).
        schema_version: of its columns (``ml.tables.Table.version``).
        columns: by name, in order, what each holds (``ml.tables.Kind``).
        kept_days: of how many newest days it is kept; None: as long as the version.
    """

    model_config = ConfigDict(frozen=True)
    rows: int
    content_hash: str
    schema_version: str = "1.0"
    columns: dict[str, str] = {}
    kept_days: int | None = None


class Manifest(BaseModel):
    """What ``manifest.json`` holds. Everything but ``provenance`` and ``files`` is the same for every rerun.

    Attributes:
        capability: whose tables these are; versions from before there were several are of ``recommend``.
        upstream: by capability, the version whose tables it read.
        code_revision: hash of the code that decides the tables (``ml.code.revision``): the same commit or not, with
            git or without; part of ``policy["policy_id"]``.
        provenance: who ran it and when; its ``git_commit`` is the commit that was checked out, whatever it changed.
    """

    model_config = ConfigDict(frozen=True)
    version: str
    as_of_date: date
    content_hash: str
    inputs_hash: str
    tables: dict[str, TableRecord]
    slice: str
    inputs: tuple[Input, ...]
    policy: dict[str, JsonValue]
    counts: dict[str, JsonValue]
    capability: str = "recommend"
    upstream: dict[str, str] = {}
    landed: dict[str, JsonValue] = {}
    code_revision: str
    settings: dict[str, JsonValue]
    libraries: dict[str, str]
    provenance: dict[str, JsonValue]
    files: dict[str, str] = {}
    seal: str = ""

    def sealed(self, files: dict[str, str]) -> Manifest:
        """This manifest with the sha256 of each file beside it and, last, of itself."""
        filled = self.model_copy(update={"files": files, "seal": ""})
        return filled.model_copy(update={"seal": filled._digest()})

    def is_intact(self) -> bool:
        """Whether nothing was changed since it was sealed."""
        return self.seal == self.model_copy(update={"seal": ""})._digest()

    def _digest(self) -> str:
        """Over the fields that were written, so that older manifests stay intact when fields are added."""
        return hashlib.sha256(self.model_dump_json(exclude_unset=True).encode()).hexdigest()


def version_id(as_of: date, content_hash: str, inputs_hash: str) -> str:
    """``<as_of>-<hash12>``: the same tables made from other inputs are another version, so its inputs stay true."""
    return f"{as_of}-{hashlib.sha256(f'{content_hash}:{inputs_hash}'.encode()).hexdigest()[:12]}"


def settings_that_matter(settings: Settings, capability: Capability) -> dict[str, JsonValue]:
    """The settings that decide what a day of ``capability`` holds; paths and sizes of machines do not."""
    chosen: dict[str, JsonValue] = settings.model_dump(mode="json", include=set(capability.settings))
    return chosen


def library_versions() -> dict[str, str]:
    """The installed versions that a result may depend on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
