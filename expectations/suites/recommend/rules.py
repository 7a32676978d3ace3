"""Checks that the shop's business rules hold in a draft, computed independently from ``dim_rule`` and the catalogue."""

from __future__ import annotations

from typing import Any

import polars as pl

from expectations.day import Day, coded
from ml.rule_types import ITEM_FIELDS, PROMOTION, RuleType
from ml.tables import Col

_FIELDS = [field for field in ITEM_FIELDS if field not in (Col.item_id, PROMOTION)]
_SHARES = (RuleType.promote, RuleType.fresh)

Rule = dict[str, Any]


def in_force(day: Day) -> list[Rule]:
    """The rules that the day's shelves follow."""
    return day.table("dim_rule").filter(pl.col(Col.is_in_force)).sort(Col.rule_id).to_dicts()


def allowed(day: Day, placement: str, *, without_consent: bool = False) -> pl.DataFrame:
    """Ids of the recommendable items that no exclusion or lowest price, nor a missing consent, keeps off a shelf."""
    shown = day.recommendable()
    for rule in in_force(day):
        if rule[Col.placement] in (None, placement):
            shown = shown.join(_taken(day, rule), on=Col.item_id, how="anti")
            if without_consent and rule[Col.rule_type] == RuleType.consent:
                shown = shown.join(_about(day, rule), on=Col.item_id, how="anti")
    return shown


def about_nothing(day: Day) -> int:
    """How many rules in force name something that the catalogue does not know, a misspelt category for example."""
    named = [rule for rule in in_force(day) if rule[Col.item_field] not in (None, PROMOTION)]
    return sum(_about(day, rule).is_empty() for rule in named)


def broken_rules(day: Day, rows: pl.DataFrame) -> pl.Series:
    """For each row of a draft's recommendations how many rules it breaks."""
    rules, catalogue = in_force(day), day.table("dim_item")
    capped = {rule[Col.item_field] for rule in rules if rule[Col.rule_type] == RuleType.cap}
    wide = coded(rows.lazy()).collect()
    if fields := sorted(capped & set(_FIELDS) & set(catalogue.columns)):
        described = coded(catalogue.lazy().select(Col.item_id, *fields)).collect()
        wide = wide.join(described, on=Col.item_id, how="left", maintain_order="left")
    wide = wide.with_columns(_memberships(day, rules, wide))
    broken = pl.sum_horizontal(pl.lit(0), *(_broken(day, rule).cast(pl.Int32) for rule in rules))
    drawn = pl.col(Col.propensity) < 1
    explored = [_here(rule) for rule in rules if rule[Col.rule_type] == RuleType.explore]
    undrawable = drawn & ~pl.any_horizontal(pl.lit(False), *explored)
    return wide.with_columns((broken + undrawable.cast(pl.Int32)).alias("broken"))["broken"]


def owes_share(day: Day, rows: pl.DataFrame) -> pl.Series:
    """For each row whether its list has fewer members than a share promises of the places that were not drawn."""
    owed, shelf, fixed = [pl.lit(False)], (Col.placement, Col.user_id), pl.col(Col.propensity) == 1
    shares = [rule for rule in in_force(day) if rule[Col.rule_type] in _SHARES]
    for rule in shares:
        promised = (fixed.sum().over(shelf) * rule[Col.amount] + 1e-9).floor()
        owed.append(_here(rule) & ((_is_member(rule) & fixed).sum().over(shelf) < promised))
    known = rows.with_columns(_memberships(day, shares, rows))
    return known.with_columns(pl.any_horizontal(owed).cast(pl.Int8).alias("owes"))["owes"]


def _memberships(day: Day, rules: list[Rule], rows: pl.DataFrame) -> list[pl.Series]:
    """Per rule, whether each row's item is one that it is about.

    Columns, not expressions: a list of a whole catalogue inside ``over`` is laid out once per group.
    """
    item = rows[Col.item_id]
    return [item.is_in(_ids(_about(day, rule).select(Col.item_id))).alias(_member(rule)) for rule in rules]


def _ids(items: pl.DataFrame) -> pl.Series:
    """The ids of items or shoppers in one list, as categories."""
    return coded(items.lazy()).collect().to_series().implode()


def _member(rule: Rule) -> str:
    return f"is_member_of {rule[Col.rule_id]}"


def _is_member(rule: Rule) -> pl.Expr:
    return pl.col(_member(rule))


def _broken(day: Day, rule: Rule) -> pl.Expr:
    about = _is_member(rule)
    broken = pl.lit(False)
    match rule[Col.rule_type]:
        case RuleType.exclude | RuleType.min_price:
            broken = pl.col(Col.item_id).is_in(_ids(_taken(day, rule)))
        case RuleType.consent:
            asked = (pl.col(Col.purpose) == rule[Col.purpose]) & pl.col(Col.is_granted)
            willing = day.table("dim_consent").filter(asked).select(Col.user_id)
            broken = about & ~pl.col(Col.user_id).is_in(_ids(willing))
        case RuleType.cap:
            group = (Col.placement, Col.user_id, rule[Col.item_field])
            broken = about & (about.sum().over(group) > rule[Col.amount])
        case RuleType.pin:
            # a list that is too short has it earlier
            broken = pl.col(Col.rules_applied).list.contains(rule[Col.rule_id]) & (
                pl.col(Col.rank) > rule[Col.shelf_position]
            )
    return _here(rule) & broken


def _here(rule: Rule) -> pl.Expr:
    return pl.lit(True) if rule[Col.placement] is None else pl.col(Col.placement) == rule[Col.placement]


def _taken(day: Day, rule: Rule) -> pl.DataFrame:
    """Ids of the items that an exclusion or a lowest price keeps off."""
    about = _about(day, rule)
    if rule[Col.rule_type] == RuleType.exclude:
        return about.select(Col.item_id)
    if rule[Col.rule_type] == RuleType.min_price:
        return about.filter((pl.col(Col.price) < rule[Col.amount]).fill_null(True)).select(Col.item_id)
    return about.clear().select(Col.item_id)


def _about(day: Day, rule: Rule) -> pl.DataFrame:
    """The catalogue's rows that a rule is about."""
    catalogue, field, value = day.table("dim_item"), rule[Col.item_field], rule[Col.item_value]
    if rule[Col.rule_type] == RuleType.fresh:
        young = day.days_before(Col.created_date) < rule[Col.window_days]
        catalogue = catalogue.filter(young.fill_null(False))
    if field is None:
        return catalogue
    if field == PROMOTION:
        promoted = day.table("feat_item").filter(pl.col(Col.is_promoted_next_7d))
        return catalogue.join(promoted, on=Col.item_id, how="semi")
    return catalogue.filter(pl.col(field).is_not_null() if value is None else pl.col(field) == value)
