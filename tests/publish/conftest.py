"""Drafts small enough to read: one shopper, one word that differs between contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.publish.draft import DraftRecord, Input, write_draft
from ml.recommend.layout import Layout, LayoutRow
from ml.recommend.page import page_slots
from ml.settings import Settings
from ml.tables import PAGE_SLOT, POLICY, PUBLISHED, RECOMMENDATION, Col

MakeDraft = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "50% {x} [1]* of 'é'")


@pytest.fixture
def make_draft(settings: Settings) -> MakeDraft:
    """``make_draft(day, word, inputs=…)`` writes a draft whose every table carries ``word``."""

    def make(day: date, word: str = "first", inputs: str = "inputs", rows: int = 3) -> Path:
        record = DraftRecord(
            as_of_date=day,
            slice=f"slices/{day}-{inputs}",
            inputs_hash=inputs,
            code_revision="c0dec0dec0de",
            inputs=(Input(table="interactions", arrival_date=day, content_hash=inputs, rows=rows),),
            policy={"policy_id": word},
            counts={"short_lists": 1},
        )
        return write_draft(settings.drafts_dir / f"{day}-{inputs}-{word}", record, tables(day, word, rows))

    return make


def tables(day: date, word: str, rows: int = 3) -> dict[str, pl.DataFrame]:
    """Every published table, with ``word`` in each."""
    texts = {name: word for name, kind in RECOMMENDATION.schema.items() if kind == pl.String}
    shelf = pl.DataFrame(
        {
            **texts,
            Col.placement: "for_you",
            Col.user_id: "7",
            Col.rank: range(1, rows + 1),
            Col.item_id: [f"item-{rank}" for rank in range(rows)],
            Col.score: [1.0 / (rank + 1) for rank in range(rows)],
            Col.propensity: 1.0,
            Col.rank_before_rules: range(1, rows + 1),
            Col.rules_applied: [[] for _ in range(rows)],
            Col.evidence_item_ids: [[f"item-{other}" for other in range(rank)] for rank in range(rows)],
            Col.as_of_date: day,
        }
    )
    policy = pl.DataFrame([dict.fromkeys(POLICY.schema, word)])
    empty = {table.name: table.empty() for table in PUBLISHED}
    slots = page_slots(RECOMMENDATION.checked(shelf), [Layout("home", (LayoutRow("for_you"),))])
    return empty | {RECOMMENDATION.name: shelf, POLICY.name: policy, PAGE_SLOT.name: slots}
