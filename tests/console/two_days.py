"""Two published days of one shopper, and commands run in their data home."""

from __future__ import annotations

import shutil
from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from testkit.published import tables

FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)
NAME = "<img src=x onerror=alert(1)> | \x1b[31m`code`"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of ``days``: to be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("made") / "var")
    for day, order, name in ((FIRST, [1, 2, 3], "Mint"), (SECOND, [2, 1, 3], NAME)):
        record = DraftRecord(
            capability="recommend",
            as_of_date=day,
            slice="slices/gone",
            inputs_hash="x",
            code_revision="code",
            policy={"policy_id": str(day), "model_name": "rules", "model_version": None, "recipes": {}},
        )
        made = tables(day, "word")
        shelf = made[RECOMMENDATION.name].with_columns(pl.Series(Col.rank, order), pl.lit(name).alias(Col.item_name))
        made[RECOMMENDATION.name] = RECOMMENDATION.checked(shelf)
        publish(
            settings,
            RECOMMEND,
            write_draft(settings.drafts_of("recommend") / str(day), RECOMMEND, record, made),
            provenance={},
        )
    return settings


@pytest.fixture
def days(made: Settings, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days; on the second the shopper's first two items change places, and the third has another name."""
    shutil.copytree(made.home, settings.home, symlinks=True)
    for variable, value in settings.environment().items():
        monkeypatch.setenv(variable, value)


def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output + str(result.exception or "")
