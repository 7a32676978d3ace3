"""Drafts: written whole or not at all, large tables block by block."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from ml.errors import InvalidTable
from ml.publish.draft import DraftRecord, read_draft, write_draft
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from tests.publish.conftest import tables

DAY = date(2017, 12, 3)
RECORD = DraftRecord(capability="recommend", as_of_date=DAY, slice="s", inputs_hash="i", code_revision="c")


def test_a_table_in_blocks_is_the_same_table_and_those_that_are_written_are_let_go(settings: Settings) -> None:
    whole = tables(DAY, "word", rows=6)
    held: list[weakref.ref[pl.DataFrame]] = []

    def blocks() -> Iterator[pl.DataFrame]:
        for start in range(6):
            gc.collect()
            assert len([each for each in held if each() is not None]) <= 2
            block = whole[RECOMMENDATION.name].slice(start, 1)
            held.append(weakref.ref(block))
            yield block

    folder = settings.drafts_of("recommend") / f"{DAY}-blocks"
    written = write_draft(folder, RECOMMEND, RECORD, {**whole, RECOMMENDATION.name: blocks()})
    read = read_draft(RECOMMEND, written).tables[RECOMMENDATION.name]
    assert len(held) == 6 and read.equals(RECOMMENDATION.checked(whole[RECOMMENDATION.name]))


@pytest.mark.parametrize("starts", [(3, 0), (0, 0)], ids=["out of order", "repeated"])
def test_blocks_that_are_not_in_the_order_of_their_key_are_no_draft(
    settings: Settings, starts: tuple[int, int]
) -> None:
    whole = tables(DAY, "word", rows=6)
    blocks = (whole[RECOMMENDATION.name].slice(start, 3) for start in starts)
    folder = settings.drafts_of("recommend") / f"{DAY}-blocks"
    with pytest.raises(InvalidTable, match="blocks in the order of"):
        write_draft(folder, RECOMMEND, RECORD, {**whole, RECOMMENDATION.name: blocks})
    assert not folder.exists()


def test_a_table_of_no_block_is_empty(settings: Settings) -> None:
    whole = tables(DAY, "word", rows=6)
    folder = settings.drafts_of("recommend") / f"{DAY}-blocks"
    draft = write_draft(folder, RECOMMEND, RECORD, {**whole, RECOMMENDATION.name: iter(())})
    read = read_draft(RECOMMEND, draft).tables[RECOMMENDATION.name]
    assert read.is_empty() and read.schema == RECOMMENDATION.schema
