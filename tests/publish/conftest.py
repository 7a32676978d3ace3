"""Drafts small enough to read: one shopper, one word that differs between contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.publish.draft import DraftRecord, Input, write_draft
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.published import tables

MakeDraft = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "50% {x} [1]* of 'é'")


@pytest.fixture
def make_draft(settings: Settings) -> MakeDraft:
    """``make_draft(day, word, inputs=…)`` writes a draft whose every table carries ``word``."""

    def make(day: date, word: str = "first", inputs: str = "inputs", rows: int = 3) -> Path:
        record = DraftRecord(
            capability="recommend",
            as_of_date=day,
            slice=f"slices/{day}-{inputs}",
            inputs_hash=inputs,
            code_revision="c0dec0dec0de",
            inputs=(Input(table="interactions", arrival_date=day, content_hash=inputs, rows=rows),),
            policy={"policy_id": word},
            counts={"short_lists": 1},
        )
        return write_draft(
            settings.drafts_of("recommend") / f"{day}-{inputs}-{word}", RECOMMEND, record, tables(day, word, rows)
        )

    return make
