"""Artifacts of the MLflow server: one folder of the disk and nothing else, whatever address a record names."""

from __future__ import annotations

import os
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.store.artifact.artifact_repository_registry import get_registered_artifact_repositories
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository
from mlflow.utils.file_utils import local_file_uri_to_path

_LOCAL = ("", "file")
_INDIRECT = ("runs", "models")
"""They end at one of the local ones."""


def confine(destination: str) -> None:
    """Let every artifact repository of this process read and write below ``destination`` only."""
    root = Path(local_file_uri_to_path(destination)).resolve()

    class Confined(LocalArtifactRepository):  # type: ignore[misc]
        """A folder below the root; MLflow's own checks keep paths inside that folder, links resolved."""

        def __init__(self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
            super().__init__(artifact_uri, tracking_uri, registry_uri)
            self._stay_below(Path(self.artifact_dir))

        def delete_artifacts(self, artifact_path: str | None = None) -> None:
            """The one method of MLflow's that follows links."""
            self._stay_below(Path(self.artifact_dir, os.path.normpath(artifact_path or "")))
            super().delete_artifacts(artifact_path)

        def _stay_below(self, path: Path) -> None:
            if not path.resolve().is_relative_to(root):
                raise MlflowException("The artifacts lie outside this server's folder", PERMISSION_DENIED)

    known = get_registered_artifact_repositories()
    for scheme in list(known):
        if scheme in _LOCAL:
            known[scheme] = Confined
        elif scheme not in _INDIRECT:
            del known[scheme]
