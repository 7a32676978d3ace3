"""Gate of ``recommendation``: every shopper is served, by the rules of each placement."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, coded, figure
from expectations.suites.recommend.rules import about_nothing, allowed, broken_rules, owes_share
from ml.placements import Placement
from ml.tables import Col

GATE, PER_PLACEMENT, WATCH = 13, 1, 6

_SHELF = (Col.placement, Col.user_id)
_PAIR = (Col.user_id, Col.item_id)
_INELIGIBLE = "is_ineligible"
_BREAKS_PLACEMENT = "breaks_placement"
_RANK_GAP = "rank_gap"
_COMPLETE = "is_complete_shelf"
_NEW_SHARE = "share_of_shelves_of_what_is_new"
_DISLIKED = "is_disliked"
_KEPT = "was_there_the_day_before"
_IMPERSONAL = "is_impersonal"
_BREAKS_RULES = "broken_rules"
_OWES_SHARE = "owes_a_share"
_ABOUT_NOTHING = "rules_about_nothing"


@dataclass(frozen=True)
class Thresholds:
    """Shares of shoppers, of shelves, of rows."""

    anything: float = 0.99
    not_seen: float = 0.95
    seen: float = 0.95
    one_item: float = 0.98
    watched_one_item: float = 0.6
    watched_kept: float = 0.3
    watched_impersonal: float = 0.5
    watched_full_for_you: float = 0.8
    watched_shares: float = 0.9


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per placement, shopper and rank, beside what must not happen in it."""
    rows = _rows(day)
    placement = pl.col(Col.placement)
    eligible = coded(day.recommendable().lazy()).collect()[Col.item_id].implode()
    return rows.lazy().select(
        *_SHELF,
        Col.item_id,
        Col.score,
        Col.propensity,
        Col.reason_text,
        *(pl.when(placement == each.name).then(Col.user_id).alias(_served(each.name)) for each in day.placements),
        (~pl.col(Col.item_id).is_in(eligible)).cast(pl.Int8).alias(_INELIGIBLE),
        _breaks_placement(day, rows).alias(_BREAKS_PLACEMENT),
        pl.col(_DISLIKED),
        pl.col(_RANK_GAP),
        (pl.col(Col.rank) == day.k).cast(pl.Int8).alias(_COMPLETE),  # where ranks have no gap, k items are there
        pl.lit(_widest(day, rows)).alias(_NEW_SHARE),
        pl.col(_KEPT),
        pl.col(_IMPERSONAL),
        broken_rules(day, rows).alias(_BREAKS_RULES),
        owes_share(day, rows).alias(_OWES_SHARE),
        pl.lit(about_nothing(day)).alias(_ABOUT_NOTHING),
    )


def _rows(day: Day) -> pl.DataFrame:
    """What the claims need of each recommendation; texts that are long or only have to be there become flags.

    A draft's rows are in the order of placement, shopper and rank: ranks are compared with those of the rows before.
    """
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _SHELF).fill_null(value=True)
    due = pl.when(begins).then(1).otherwise(pl.col(Col.rank).shift() + 1)
    rows = coded(day.scan("recommendation")).select(
        *_SHELF,
        *(Col.item_id, Col.rank, Col.score, Col.propensity, Col.rules_applied),
        pl.when(pl.col(Col.reason_text).is_not_null()).then(1).cast(pl.Int8).alias(Col.reason_text),
        pl.col(Col.reason_code).is_in(["popular", "new_in_category"]).cast(pl.Int8).alias(_IMPERSONAL),
        (pl.col(Col.rank) - due).abs().alias(_RANK_GAP),
    )
    previous = day.before("recommendation")
    kept: pl.LazyFrame = day.scan("recommendation").limit(0) if previous is None else previous.lazy()
    rows = rows.join(day.bought().lazy().with_columns(was_bought=True), on=_PAIR, how="left")
    rows = rows.join(day.disliked().lazy().with_columns(was_disliked=True), on=_PAIR, how="left")
    rows = rows.join(coded(kept).select(*_SHELF, Col.item_id, was_there=True), on=[*_SHELF, Col.item_id], how="left")
    was_there = pl.col("was_there").is_not_null().cast(pl.Int8)
    return rows.select(
        pl.exclude("was_disliked", "was_there"),
        pl.col("was_disliked").is_not_null().cast(pl.Int8).alias(_DISLIKED),
        pl.when(pl.lit(previous is not None)).then(was_there).alias(_KEPT),
    ).collect(engine="streaming")


def _widest(day: Day, rows: pl.DataFrame) -> float:
    """Of the shelves of what is new the largest share that shows one item; one that a rule put there is meant to be."""
    new = rows.lazy().filter(pl.col(Col.placement).is_in(_new_names(day)))
    shoppers = new.group_by(Col.placement).agg(pl.col(Col.user_id).n_unique().alias("shoppers"))
    is_chosen = (pl.col(Col.rules_applied).list.len() == 0).any()
    shown = new.group_by(Col.placement, Col.item_id).agg(pl.len().alias("shelves"), is_chosen.alias("is_chosen"))
    share = shown.filter("is_chosen").join(shoppers, on=Col.placement).select(pl.col("shelves") / pl.col("shoppers"))
    return share.select(pl.first().max()).collect(engine="streaming").item() or 0.0


def gate(day: Day) -> list[gxe.Expectation]:
    """Coverage, then rules, then numbers."""
    return [*_coverage(day), *_rules(day), *_numbers()]


def watch(day: Day) -> list[gxe.Expectation]:
    """Sameness, change from the day before, impersonal and short shelves."""
    return [
        gxe.ExpectColumnMaxToBeBetween(
            column=_NEW_SHARE,
            max_value=LIMITS.watched_one_item if _has_choice(day) else 1,
            description=f"no item is on most {_new_words(day)} shelves",
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column=_KEPT,
            value_set=[1],
            mostly=LIMITS.watched_kept,
            description="enough of each shelf was there the day before (when that day is at hand)",
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=_IMPERSONAL,
            max_value=LIMITS.watched_impersonal,
            description="most reasons speak of the shopper's own purchases",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_COMPLETE,
            min_value=LIMITS.watched_full_for_you * day.rows("dim_user"),
            description="shelves are full",
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column=_OWES_SHARE,
            value_set=[0],
            mostly=LIMITS.watched_shares,
            description="promoted and fresh items have the share that the rules give them",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_ABOUT_NOTHING, max_value=0, description="every rule is about something in the catalogue"
        ),
    ]


def _coverage(day: Day) -> list[gxe.Expectation]:
    """Every shopper covered, or counted among the short lists that the draft explains."""
    shoppers, owed = day.rows("dim_user"), _owed(day)
    complete = sum(shoppers - short for short in day.short_lists.values())
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, *owed.values()),
            max_value=max(1, len(owed) * shoppers * day.k),
            description="rows for every shopper, at most k per shelf",
        ),
        *(
            gxe.ExpectColumnUniqueValueCountToBeBetween(
                column=_served(name), min_value=least, max_value=shoppers, description=f"shoppers with a {name} shelf"
            )
            for name, least in owed.items()
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_COMPLETE,
            min_value=complete,
            max_value=complete if day.short_lists else None,
            description="every shelf with fewer than k items is counted in the draft's short lists",
        ),
    ]


def _rules(day: Day) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=_INELIGIBLE, max_value=0, description="no ineligible item"),
        gxe.ExpectColumnSumToBeBetween(
            column=_BREAKS_PLACEMENT,
            max_value=0,
            description="each placement shows only what may stand on it: what is new, or what was bought before",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_DISLIKED, max_value=0, description="nothing that the shopper rated below what counts as liking"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_BREAKS_RULES, max_value=0, description="the shop's rules hold (exclusions, consents, caps, pins)"
        ),
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=[*_SHELF, Col.item_id], description="no item twice on one shelf"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_NEW_SHARE,
            max_value=LIMITS.one_item if _has_choice(day) else 1,
            description=f"no item is on every {_new_words(day)} shelf",
        ),
    ]


def _numbers() -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=_RANK_GAP, max_value=0, description="ranks run 1, 2, 3… on every shelf"),
        gxe.ExpectColumnValuesToNotBeNull(column=Col.score, description="every row has a score that is a number"),
        gxe.ExpectColumnValuesToBeBetween(
            column=Col.score, min_value=-1e12, max_value=1e12, description="scores are finite"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=Col.propensity, min_value=1e-9, max_value=1, description="propensities are probabilities"
        ),
        gxe.ExpectColumnValuesToNotBeNull(column=Col.reason_text, description="every row has a reason"),
    ]


def _owed(day: Day) -> dict[str, int]:
    """How many shoppers at least must have a shelf, per placement."""
    pairs = day.bought().join(coded(day.recommendable().lazy()).collect(), on=Col.item_id, how="semi")
    sold, shoppers = pairs[Col.item_id].n_unique(), day.rows("dim_user")
    known = pl.concat([pairs, day.disliked()]).group_by(Col.user_id).agg(pl.col(Col.item_id).n_unique().alias("items"))
    exhausted = len(known.filter(pl.col("items") * 2 > sold))
    selling = figure(day.history(28), pl.len()) > 0

    def owed(placement: Placement) -> int:
        offered = pairs.join(coded(allowed(day, placement.name).lazy()).collect(), on=Col.item_id, how="semi")
        if placement.only_seen:
            due = offered.join(day.due(), on=_PAIR, how="semi") if placement.only_due else offered
            return ceil(LIMITS.seen * due[Col.user_id].n_unique())
        if placement.exclude_seen:
            return ceil(LIMITS.not_seen * max(shoppers - exhausted, 0)) if selling else 0
        return ceil(LIMITS.anything * shoppers) if selling else pairs[Col.user_id].n_unique()

    return {placement.name: owed(placement) for placement in day.placements}


def _breaks_placement(day: Day, rows: pl.DataFrame) -> pl.Series:
    """For each row, 1 where its placement does not allow its item."""
    due = day.due().with_columns(is_due=True) if any(each.only_due for each in day.placements) else None
    wide = rows.join(due, on=_PAIR, how="left", maintain_order="left") if due is not None else rows
    seen, breaks = pl.col("was_bought").is_not_null(), pl.lit(False)
    for each in day.placements:
        here = pl.col(Col.placement) == each.name
        if each.exclude_seen:
            breaks |= here & seen
        if each.only_seen:
            breaks |= here & ~seen
        if each.only_due:
            breaks |= here & pl.col("is_due").is_null()
    return wide.select(breaks.cast(pl.Int8).alias(_BREAKS_PLACEMENT)).to_series()


def _new_names(day: Day) -> list[str]:
    return [placement.name for placement in day.placements if placement.exclude_seen]


def _new_words(day: Day) -> str:
    return " or ".join(_new_names(day)) or "new"


def _has_choice(day: Day) -> bool:
    """Whether the catalogue is large enough that shelves need not all hold the same items."""
    return len(day.recommendable()) >= 10 * day.k


def _served(placement: str) -> str:
    return f"shopper_of_{placement}"
