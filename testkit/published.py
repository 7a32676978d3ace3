"""Every published table of a version, with one word that tells its content from another's."""

from __future__ import annotations

from datetime import date

import polars as pl

from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PAGE_SLOT, POLICY, RECOMMENDATION
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.tables import Col


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
    empty = {table.name: table.empty() for table in RECOMMEND.outputs}
    slots = page_slots(RECOMMENDATION.checked(shelf), [Layout("home", (LayoutRow("for_you"),))])
    return empty | {RECOMMENDATION.name: shelf, POLICY.name: policy, PAGE_SLOT.name: slots}
