"""Files that a run logged, read again from MLflow."""

from __future__ import annotations

from pathlib import Path

from ml.registry.client import connect
from ml.settings import Settings


def logged_file(settings: Settings, run_id: str, file: str, into: Path) -> Path | None:
    """A copy of one of its files in the folder ``into``; None where it logged no such file, or the file was removed.

    MLflow is asked first what there is: a server's answer to who downloads what is not there tells nothing from any
    other failure. What else goes wrong is raised as MLflow raises it.
    """
    from mlflow.exceptions import MlflowException

    client, folder = connect(settings), file.rpartition("/")[0]
    try:
        there = {each.path for each in client.list_artifacts(run_id, folder or None)}
    except MlflowException as unknown:
        if unknown.error_code == "RESOURCE_DOES_NOT_EXIST":  # the run itself was removed
            return None
        raise
    return Path(client.download_artifacts(run_id, file, str(into))) if file in there else None
