"""Find a shopper: shelves with reasons and evidence, recent purchases, and where each row comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from ml.documents import Field, LookUp, Part
from ml.recommend.pages.addresses import PRODUCT, SHOPPER
from ml.recommend.pages.mentioned import Mentioned
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.words import COLUMNS, PLACEMENTS, REASONS, SOURCES, called
from ml.records import as_json, by_key
from ml.tables import Col
from ml.warehouse.slices import HISTORY
from ml.words import Words

PURCHASES: Final = "purchases"
_RECENT: Final = 20
"""Purchases that are shown of a shopper."""
_DIGITS: Final = 4
_PURCHASE: Final = (Col.user_id, Col.event_date, Col.item_id, Col.quantity, Col.revenue)


def shopper_look_up(day: PublishedShelves, mentioned: Mentioned) -> LookUp:
    """Everybody who has a shelf."""
    parts = [_shelf_part(day, placement) for placement in day.placements]
    if day.snapshot is not None:
        parts.append(_purchases_part())
    return LookUp(
        name=SHOPPER,
        label=Words("Find a shopper", "查找顾客"),
        title=Words("Shopper {id}", "顾客 {id}"),
        hint=Words(
            "The whole id, as the shop writes it; {number} shoppers have shelves.",
            "请输入完整的顾客编号；共有 {number} 位顾客有货架。",
        ),
        missing=Words(
            "No shopper of this id has a shelf on this day: the shop shows the default shelf.",
            "当天没有该编号顾客的货架：商店会显示默认货架。",
        ),
        parts=tuple(parts),
        ids=day.shoppers.to_list(),
        records=lambda ids: _records(day, mentioned, ids),
        names=mentioned.names,
    )


def _shelf_part(day: PublishedShelves, placement: str) -> Part:
    command = f"shelduck why {{id}} {{{Col.item_id}}} --as-of {day.version.as_of} --placement {placement}"
    fields = (
        Field(Col.rank, COLUMNS[Col.rank], is_numeric=True),
        Field(Col.item_id, COLUMNS[Col.item_id], to=PRODUCT),
        Field(Col.reason_text, COLUMNS[Col.reason_text]),
        Field(Col.score, COLUMNS[Col.score], is_numeric=True),
        Field(Col.reason_code, COLUMNS[Col.reason_code], words=REASONS, is_detail=True),
        Field(Col.evidence_item_ids, COLUMNS[Col.evidence_item_ids], to=PRODUCT, is_detail=True),
        Field(Col.candidate_source, COLUMNS[Col.candidate_source], words=SOURCES, is_detail=True),
        Field(Col.rank_before_rules, COLUMNS[Col.rank_before_rules], is_detail=True),
        Field(Col.rules_applied, COLUMNS[Col.rules_applied], is_detail=True),
        Field(Col.propensity, COLUMNS[Col.propensity], is_detail=True),
        Field("why", Words("What the ranking looked at", "排序依据"), command=command, is_detail=True),
    )
    return Part(placement, called(PLACEMENTS, placement), fields, facts=day.chain(placement))


def _purchases_part() -> Part:
    fields = (
        Field(Col.event_date, COLUMNS[Col.event_date]),
        Field(Col.item_id, COLUMNS[Col.item_id], to=PRODUCT),
        Field(Col.quantity, COLUMNS[Col.quantity], is_numeric=True),
        Field(Col.revenue, COLUMNS[Col.revenue], is_numeric=True),
    )
    text = Words(f"The last {_RECENT}, the newest first.", f"最近 {_RECENT} 次，最新的在前。")
    return Part(PURCHASES, Words("Recent purchases", "最近购买"), fields, text)


def recent_purchases(day: PublishedShelves) -> pl.DataFrame:
    """The last purchases of every shopper, the newest first; none without the snapshot."""
    if day.snapshot is None:
        return pl.DataFrame(schema=dict.fromkeys(_PURCHASE, pl.String))
    newest = day.snapshot.table(HISTORY).select(_PURCHASE).sort(_PURCHASE[:3], descending=[False, True, False])
    last = newest.group_by(Col.user_id, maintain_order=True).head(_RECENT)
    return last.with_columns(pl.col(Col.event_date).cast(pl.String), pl.col(Col.revenue).round(2))


def _records(day: PublishedShelves, mentioned: Mentioned, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    users = pl.DataFrame({Col.user_id: ids})
    theirs = day.shelves.join(users, on=Col.user_id, how="semi")
    found = users
    for placement in day.placements:
        rows = _shown(theirs.filter(pl.col(Col.placement) == placement), mentioned)
        found = found.join(by_key(rows, Col.user_id, placement), on=Col.user_id, how="left")
    bought = mentioned.purchases.join(users, on=Col.user_id, how="semi")
    bought = bought.with_columns(mentioned.number(Col.item_id))
    found = found.join(by_key(bought, Col.user_id, PURCHASES), on=Col.user_id, how="left")
    return as_json(found, Col.user_id)


def _shown(rows: pl.DataFrame, mentioned: Mentioned) -> pl.DataFrame:
    """What is shown of rows of shelves; a rank that rules left alone, and a certain row's chance, are not repeated."""
    return rows.select(
        Col.user_id,
        *(Col.rank, Col.reason_text, Col.reason_code, Col.candidate_source),
        mentioned.number(Col.item_id),
        pl.col(Col.score).round_sig_figs(_DIGITS),
        pl.when(pl.col(Col.evidence_item_ids) != pl.concat_list(Col.item_id)).then(
            mentioned.numbers(Col.evidence_item_ids)
        ),
        pl.when(pl.col(Col.rank_before_rules) != pl.col(Col.rank)).then(Col.rank_before_rules),
        pl.when(pl.col(Col.rules_applied).list.len() > 0).then(Col.rules_applied),
        pl.when(pl.col(Col.propensity) < 1).then(pl.col(Col.propensity).round_sig_figs(_DIGITS)),
    )
