"""The evidence for an item: what the shopper bought and when, which lists it is on, whether it is on promotion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from ml.recommend.passport.passport import Evidence, Purchase, Related
from ml.recommend.passport.published_day import PublishedDay
from ml.recommend.rules.rule_set import rules_in_force
from ml.rule_types import PROMOTION
from ml.tables import Col
from ml.warehouse.slices import DIM_RULE, FEAT_ITEM, HISTORY, Slice

_MOST: Final = 10
"""Items that the shopper bought and that are on lists of the item, the first of each relation."""


def evidence_of(day: PublishedDay, user_id: str, item_id: str, named: Iterable[str]) -> Evidence:
    """What is known; ``named`` are the items that the reasons speak of. Nothing where the snapshot is gone."""
    if day.snapshot is None:
        return Evidence()
    bought = day.snapshot.scan(HISTORY).filter(pl.col(Col.user_id) == user_id).collect()
    lists = day.related(item_id)
    theirs = lists.filter(pl.col(Col.related_item_id).is_in(bought[Col.item_id].unique().implode()))
    spoken = pl.col(Col.related_item_id).is_in(list(named))
    first = theirs.filter(spoken | (pl.col(Col.rank).rank("ordinal").over(Col.relation) <= _MOST)).head(4 * _MOST)
    told = [item_id, *named, *first[Col.related_item_id]]
    names = names_of(day, told)
    days = bought.filter(pl.col(Col.item_id).is_in(list(dict.fromkeys([item_id, *named]))))
    return Evidence(
        tuple(_purchases(days, names)), tuple(_related(first, names)), _promoted(day.snapshot, item_id), _rules(day)
    )


def names_of(day: PublishedDay, items: Iterable[str]) -> Mapping[str, str]:
    """The items' names in the day's catalogue; an item without one is left out."""
    wanted = pl.col(Col.item_id).is_in(pl.Series(sorted(set(items)), dtype=pl.String).implode())
    if day.snapshot is None:
        return {}
    return dict(day.catalogue.filter(wanted).select(Col.item_id, Col.item_name).drop_nulls().iter_rows())


def _purchases(days: pl.DataFrame, names: Mapping[str, str]) -> Iterator[Purchase]:
    for row in days.sort(Col.item_id, Col.event_date).iter_rows(named=True):
        item = row[Col.item_id]
        yield Purchase(item, names.get(item, ""), row[Col.event_date], row[Col.purchases])


def _related(lists: pl.DataFrame, names: Mapping[str, str]) -> Iterator[Related]:
    for row in lists.iter_rows(named=True):
        item = row[Col.related_item_id]
        yield Related(row[Col.relation], item, names.get(item, ""), row[Col.rank], row[Col.support], row[Col.lift])


def _promoted(snapshot: Slice, item_id: str) -> bool | None:
    """Whether a landed promotion names the item for the coming week."""
    table = snapshot.scan(FEAT_ITEM)
    if Col.is_promoted_next_7d not in table.collect_schema():
        return None
    found = table.filter(pl.col(Col.item_id) == item_id).select(Col.is_promoted_next_7d).collect()
    return bool(found[0, 0]) if len(found) else None


def _rules(day: PublishedDay) -> tuple[str, ...]:
    if day.snapshot is None:
        return ()
    rules = rules_in_force(day.snapshot.table(DIM_RULE))
    return tuple(rule.rule_id for rule in rules if rule.item_field == PROMOTION)
