"""Where things lie in a data home."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode


def sqlite_address(file: Path, **options: str) -> str:
    """SQLAlchemy's URL of an SQLite file below a ``Folder``, as it is: MLflow makes a folder of a quoted one."""
    query = f"?{urlencode(options)}" if options else ""
    return f"sqlite:///{file}{query}"


class HomeFolders:
    """The folders and files of a data home, for whoever has the settings ``home`` and ``landing``."""

    if TYPE_CHECKING:
        home: Path
        landing: Path | None
        mlflow_tracking_uri: str | None

    @property
    def landing_dir(self) -> Path:
        """Where the shop's daily files are dropped."""
        return self.landing or self.home / "landing"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file; a cache of the landing files."""
        return self.home / "warehouse" / "shelduck.duckdb"

    @property
    def slices_dir(self) -> Path:
        """Parquet exports of a day's features, a folder per as-of date and input hash."""
        return self.home / "slices"

    @property
    def drafts_dir(self) -> Path:
        """Outputs that were computed and not published yet."""
        return self.home / "drafts"

    def drafts_of(self, capability: str) -> Path:
        """The drafts of one capability."""
        return self.drafts_dir / capability

    @property
    def published_dir(self) -> Path:
        """What is published, a folder per capability."""
        return self.home / "published"

    def published_of(self, capability: str) -> Path:
        """The published versions of one capability and the pointer ``current``."""
        return self.published_dir / capability

    @property
    def exports_dir(self) -> Path:
        """Audiences written for other tools, and ``exports.jsonl``, the log of every one of them.

        A file may hold contact data: it is the only place of the home that does.
        """
        return self.home / "exports"

    @property
    def downloads_dir(self) -> Path:
        """Archives that a person fetched for a demo shop."""
        return self.home / "downloads"

    @property
    def text_vectors_dir(self) -> Path:
        """Vectors of texts that were encoded before, a file per encoder; a cache."""
        return self.home / "text_vectors"

    def shadow_of(self, capability: str) -> Path:
        """What one capability would have published under other policies, a folder for each; no reader sees it."""
        return self.home / "shadow" / capability

    @property
    def registry_dir(self) -> Path:
        """The promotion ledger and MLflow's own files."""
        return self.home / "mlflow"

    @property
    def mlflow_database(self) -> Path:
        """MLflow's SQLite file, where no tracking server is set."""
        return self.registry_dir / "mlflow.db"

    @property
    def reports_dir(self) -> Path:
        """Pages of gates and arrivals, plots and dbt's generated site."""
        return self.home / "reports"

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking server, or its SQLite file in the data home."""
        return self.mlflow_tracking_uri or sqlite_address(self.mlflow_database)

    def relative(self, path: Path) -> str:
        """``path`` as it may appear in XCom, logs and manifests: relative to the data home."""
        return path.relative_to(self.home).as_posix()

    def closed_mark(self, day: date) -> Path:
        """The file whose presence closes ``day``."""
        return self.landing_dir / "_closed" / day.isoformat()
