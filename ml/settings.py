"""The one place where settings are read: environment variables with the prefix ``SHELDUCK_``.

What the environment leaves open, ``.env`` says; of settings that decide what a day is, the data home
(``ml.settings_sources``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import ByteSize, Field, JsonValue, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ml.capabilities import capabilities, models, names
from ml.capability import Capability
from ml.churn import Churn
from ml.event_types import PurchaseEvents
from ml.home_folders import HomeFolders
from ml.model_budget import ModelBudget
from ml.placements import SHOP, Placement, Placements, on
from ml.recipes import RECIPES, Recipes
from ml.review_limits import ReviewLimits
from ml.setting_forms import (
    Age,
    ApiKey,
    Bytes,
    Count,
    DatabaseAddress,
    Folder,
    GroupName,
    MemorySize,
    ModelName,
    ModelServer,
    PromotionMode,
    PromotionModes,
    Seconds,
    TimeZone,
    TrackingServer,
    WebAddress,
    promotion_modes,
)
from ml.settings_sources import REMEMBERED, EnvFile, HomeFile
from ml.words import Language

_SECRET: Final = {"webhook_url", "airflow_database_uri", "llm_url", "llm_api_key"}


class Settings(HomeFolders, BaseSettings):
    """Everything a run can be told. Frozen; built inside tasks, never at DAG import.

    Folders that are not set lie under ``home``. Sizes are in bytes, ages in days.
    """

    model_config = SettingsConfigDict(env_prefix="SHELDUCK_", frozen=True, env_ignore_empty=True)
    _compared: ClassVar = True

    home: Folder = Field(
        default=Path("var"), validate_default=True, description="the data home; everything that is written lies in it"
    )
    group: GroupName | None = Field(
        default=None, description="the group of users that share a data home made from now on"
    )
    landing: Folder | None = Field(default=None, description="the landing folder, when it lies outside the home")
    timezone: Annotated[TimeZone, REMEMBERED] = Field(
        default="America/New_York", description="the shop's time zone: what a day is"
    )
    id_words: Annotated[Literal["refuse", "accept"], REMEMBERED] = Field(
        default="refuse", description="accept: ids may look like a missing value (nan, NULL), a float or true"
    )
    closing_hour: Annotated[int | None, REMEMBERED] = Field(
        default=None, ge=0, le=23, description="hour of the next day at which a day counts as closed without its mark"
    )
    capabilities: Annotated[tuple[str, ...], REMEMBERED] = Field(
        default=(),
        examples=[["-profile"]],
        description="what is computed and published; none named: everything; -name leaves one out",
    )
    purchase_events: Annotated[PurchaseEvents, REMEMBERED] = Field(
        default=("purchase",), description="event types that count as a purchase; a shop of star ratings says rate"
    )
    liked_from: Annotated[float, REMEMBERED] = Field(
        default=3.0,
        ge=0,
        le=10**6,
        allow_inf_nan=False,
        description="the lowest rating that counts as liking; an item rated below it is offered no more; 0: none is",
    )
    placements: Annotated[Placements, REMEMBERED] = Field(
        default=SHOP,
        examples=[[{"name": "for_you", "eligible": "not_seen"}]],
        description="the shelves: which items may stand on each (anything, not_seen, seen, due_again), and whether "
        "it is on",
    )
    recipes: Annotated[Recipes, REMEMBERED] = Field(
        default=RECIPES,
        min_length=1,
        description="recommenders that a training judges; +name adds one to the usual ones; `make bench` compares all",
    )
    parameters: Annotated[dict[str, dict[str, JsonValue]], REMEMBERED] = Field(
        default_factory=dict,
        examples=[{"ease": {"penalty": 200.0}}],
        description="by recommender, parameters other than its own defaults; see `shelduck tune --help`",
    )
    objectives: Annotated[dict[str, Literal["purchase", "revenue", "margin"]], REMEMBERED] = Field(
        default_factory=dict,
        examples=[{"for_you": "revenue"}],
        description="what a placement is ranked for, where it is not the probability of a purchase",
    )
    language: Annotated[Language, REMEMBERED] = Field(
        default="en", description="of the reasons on the shelves, and of what is printed about them: en or zh"
    )
    k: Annotated[int, REMEMBERED] = Field(default=20, ge=1, le=200, description="items on a shelf")
    seed: Annotated[int, REMEMBERED] = Field(
        default=20171203, ge=0, lt=2**32, description="of everything that is drawn by chance"
    )
    evaluation_days: Annotated[int, REMEMBERED] = Field(
        default=28, ge=1, le=366, description="days that a training holds back to judge its recipes"
    )
    origins: Annotated[int, REMEMBERED] = Field(
        default=1, ge=1, le=6, description="windows of evaluation_days on which a training judges its recipes"
    )
    history_days: Annotated[Age, REMEMBERED] = Field(
        default=365, ge=28, description="the longest window that features and recommenders see, in days"
    )
    promotion: Annotated[PromotionModes, REMEMBERED] = Field(
        default="auto",
        examples=["auto,shelf=approve"],
        description="how a candidate becomes champion: auto, approve (a person decides), never; or by model",
    )
    review_limits: ReviewLimits = Field(
        default=ReviewLimits(), description="how much worse than the champion a candidate may be, as shares"
    )
    churn: Annotated[Churn, REMEMBERED] = Field(
        default=Churn(),
        examples=[{"days": 60, "intervals": 4, "at_most": 120}],
        description="after how long without a purchase a shopper has churned: days, or intervals of the shopper's own",
    )
    consent: Annotated[Literal["landed", "assumed"], REMEMBERED] = Field(
        default="landed",
        description="assumed: the shop lands no consents; its audiences say so wherever they are shown",
    )
    minimum_audience: Annotated[int, REMEMBERED] = Field(
        default=20, ge=1, le=10**6, description="members below which an audience is withheld"
    )
    kept_as_of_dates: Age = Field(default=7, ge=1, description="as-of dates kept in the feature tables")
    kept_slices: Age = Field(default=14, ge=1)
    kept_published_days: Age = Field(default=400, ge=1, description="newest days whose published version is kept")
    kept_superseded_days: Age = Field(default=30, ge=0, description="for a version that another of its day replaced")
    kept_draft_days: Age = Field(default=7, ge=1, description="for a draft that was never published")
    kept_shadow_days: Age = Field(default=30, ge=1, description="for what a shadow run wrote and nobody used since")
    kept_export_days: Age = Field(default=7, ge=1, description="for an audience's export in the data home")
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
    training_memory: Bytes = Field(
        default=ByteSize(4 * 10**9),
        ge=16 * 2**20,
        description="bytes for what a training judges at once, beside the history; what needs more is left out",
    )
    model_size_limit: Bytes = Field(
        default=ByteSize(10**9), ge=2**20, description="bytes of a registered model; a larger one is refused"
    )
    shard_users: Count = Field(default=10_000, ge=2, description="shoppers that are scored, and resumed, together")
    max_file_bytes: Annotated[Bytes, REMEMBERED] = Field(
        default=ByteSize(4 * 2**30), ge=1, description="what one landing file may hold, unpacked; more: refused whole"
    )
    max_file_rows: Annotated[Count, REMEMBERED] = Field(
        default=20_000_000, ge=1, description="rows, or lines, of one landing file"
    )
    max_quarantined_rows: Annotated[Count, REMEMBERED] = Field(
        default=100_000, ge=1, description="refused rows of one landing file that are listed; the rest is counted"
    )
    lock_timeout: Seconds = Field(default=1800.0, gt=0, description="seconds to wait for the warehouse's lock")
    mlflow_tracking_uri: TrackingServer | None = None
    webhook_url: WebAddress | None = Field(default=None, description="gets one message per failed run or late shelf")
    llm_url: ModelServer | None = Field(
        default=None, description="a language model's server that writes copy; not set: templates write all of it"
    )
    llm_model: ModelName = Field(default="default", description="the model's name, as that server knows it")
    llm_api_key: ApiKey | None = Field(default=None, description="the key that the server asks for")
    llm_timeout: Seconds = Field(default=60.0, gt=0, description="seconds to wait for one answer")
    llm_budget: ModelBudget = Field(
        default=ModelBudget(), description="what a run may spend: tokens, cost; prices per 1,000 tokens"
    )
    publish_by_hour: int | None = Field(
        default=None, ge=0, le=23, description="hour of the next day by which a day's shelf must be published"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """From the strongest to the weakest: what code gives, the environment, ``.env``, the data home."""
        return init_settings, env_settings, EnvFile(settings_cls), HomeFile(settings_cls, compared=cls._compared)

    @field_validator("capabilities")
    @classmethod
    def _installed(cls, chosen: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in chosen if name.removeprefix("-") not in names()]:
            raise ValueError(f"capabilities that are installed ({', '.join(names())}); found {unknown[0]!r}")
        return chosen

    @field_validator("promotion")
    @classmethod
    def _of_models(cls, text: str) -> str:
        if unknown := [name for name in promotion_modes(text) if name and name not in models()]:
            raise ValueError(f"models that are trained ({', '.join(models())}); found {unknown[0]!r}")
        return text

    @field_validator("objectives")
    @classmethod
    def _of_placements(cls, objectives: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        names = [placement.name for placement in info.data.get("placements", ())]
        if names and (unknown := [name for name in objectives if name not in names]):
            raise ValueError(f"placements that SHELDUCK_PLACEMENTS has ({', '.join(names)}); found {unknown[0]!r}")
        return objectives

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.timezone)

    def promotion_of(self, model: str) -> PromotionMode:
        """How the candidates of a model become champion."""
        modes = promotion_modes(self.promotion)
        return modes.get(model, modes[""])

    @property
    def placements_on(self) -> tuple[Placement, ...]:
        """The shelves that are made and published."""
        return on(self.placements)

    @property
    def capabilities_on(self) -> tuple[Capability, ...]:
        """What is computed and published, upstream first."""
        left_out = {name.removeprefix("-") for name in self.capabilities if name.startswith("-")}
        chosen = {name for name in self.capabilities if not name.startswith("-")} or set(names())
        return tuple(each for each in capabilities() if each.name in chosen - left_out)

    def environment(self) -> dict[str, str]:
        """The variables from which a child process builds equal settings; secrets it inherits, or does without."""
        chosen = self.model_dump(mode="json", exclude_none=True, exclude=_SECRET)
        return {
            f"SHELDUCK_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in chosen.items()
        }


class AskedSettings(Settings):
    """What code and environment ask for, though the data home remembers other values: for changing those."""

    _compared: ClassVar = False
