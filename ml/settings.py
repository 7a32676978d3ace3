"""The one place where settings are read: environment variables with the prefix ``SHELDUCK_``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ByteSize, Field, JsonValue
from pydantic_settings import BaseSettings, SettingsConfigDict

from ml.setting_forms import (
    Age,
    Bytes,
    Count,
    DatabaseAddress,
    Folder,
    MemorySize,
    Seconds,
    TimeZone,
    TrackingServer,
    WebAddress,
)


class Settings(BaseSettings):
    """Everything a run can be told. Frozen; built inside tasks, never at DAG import.

    Folders that are not set lie under ``home``. Sizes are in bytes, ages in days.
    """

    model_config = SettingsConfigDict(env_prefix="SHELDUCK_", frozen=True, env_ignore_empty=True)

    home: Folder = Field(
        default=Path("var"), validate_default=True, description="the data home; everything that is written lies in it"
    )
    landing: Folder | None = Field(default=None, description="the landing folder, when it lies outside the home")
    timezone: TimeZone = "America/New_York"
    closing_hour: int | None = Field(
        default=None, ge=0, le=23, description="hour of the next day at which a day counts as closed without its mark"
    )
    purchase_events: tuple[str, ...] = Field(
        default=("purchase",), description="event types that count as a purchase; a shop of star ratings says rate"
    )
    recipes: tuple[str, ...] = Field(
        default=(
            *("popularity", "buy_it_again", "buy_it_when_due"),
            *("user_pearson", "als", "ease", "two_stage"),
        ),
        min_length=1,
        description="recommenders that a training judges; the others are compared by `make bench`",
    )
    parameters: dict[str, dict[str, JsonValue]] = Field(
        default_factory=dict,
        examples=[{"ease": {"penalty": 200.0}}],
        description="by recommender, parameters other than its own defaults; see `shelduck tune --help`",
    )
    objectives: dict[Literal["for_you", "discover", "buy_again"], Literal["purchase", "revenue", "margin"]] = Field(
        default_factory=dict,
        examples=[{"for_you": "revenue"}],
        description="what a placement is ranked for, where it is not the probability of a purchase",
    )
    k: int = Field(default=20, ge=1, le=200, description="items on a shelf")
    seed: int = Field(default=20171203, ge=0, lt=2**32)
    evaluation_days: int = Field(default=28, ge=1, le=366)
    origins: int = Field(
        default=1, ge=1, le=6, description="windows of evaluation_days on which a training judges its recipes"
    )
    history_days: Age = Field(default=365, ge=28, description="the longest window that features and recommenders see")
    kept_as_of_dates: Age = Field(default=7, ge=1, description="as-of dates kept in the feature tables")
    kept_slices: Age = Field(default=14, ge=1)
    kept_published_days: Age = Field(default=400, ge=1, description="newest days whose published version is kept")
    kept_superseded_days: Age = Field(default=30, ge=0, description="for a version that another of its day replaced")
    kept_draft_days: Age = Field(default=7, ge=1, description="for a draft that was never published")
    kept_report_days: Age = Field(default=90, ge=1, description="newest days whose gates' pages are kept")
    kept_run_days: Age = Field(default=180, ge=1, description="for MLflow runs that no kept day needs")
    kept_log_days: Age = Field(default=30, ge=1, description="for Airflow's task logs")
    kept_metadata_days: Age = Field(default=90, ge=7, description="for Airflow's runs in its metadata database")
    airflow_database_uri: DatabaseAddress | None = Field(
        default=None, description="for tidying a metadata database that is not the SQLite file in the home"
    )
    knowledge: Literal["then", "now"] = Field(
        default="then", description="the policy effective on the day, or today's champion"
    )
    threads: int = Field(default=2, ge=1, le=1024)
    memory_limit: MemorySize = "4GB"
    memory_budget: Bytes = Field(
        default=ByteSize(2 * 10**9), ge=16 * 2**20, description="bytes for scoring, beside its inputs and its lists"
    )
    shard_users: Count = Field(default=50_000, ge=2, description="shoppers that are scored, and resumed, together")
    lock_timeout: Seconds = Field(default=1800.0, gt=0, description="seconds to wait for the warehouse's lock")
    mlflow_tracking_uri: TrackingServer | None = None
    webhook_url: WebAddress | None = Field(default=None, description="gets one message per failed run or late shelf")
    publish_by_hour: int | None = Field(
        default=None, ge=0, le=23, description="hour of the next day by which a day's shelf must be published"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.timezone)

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

    @property
    def published_dir(self) -> Path:
        """Published versions and the pointer ``current``."""
        return self.home / "published"

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
        """Data Docs, plots and dbt's generated site."""
        return self.home / "reports"

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking server, or its SQLite file in the data home."""
        return self.mlflow_tracking_uri or f"sqlite:///{self.mlflow_database}"

    def environment(self) -> dict[str, str]:
        """The variables from which a child process builds equal settings; secrets it inherits, or does without."""
        chosen = self.model_dump(mode="json", exclude_none=True, exclude={"webhook_url", "airflow_database_uri"})
        return {
            f"SHELDUCK_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in chosen.items()
        }

    def relative(self, path: Path) -> str:
        """``path`` as it may appear in XCom, logs and manifests: relative to the data home."""
        return path.relative_to(self.home).as_posix()

    def closed_mark(self, day: date) -> Path:
        """The file whose presence closes ``day``."""
        return self.landing_dir / "_closed" / day.isoformat()
