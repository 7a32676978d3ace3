"""Rules that take items away before the ranking, whoever asks: exclusions and lowest prices."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ml.recommend.rules.rule_set import Rule
from ml.rule_types import PROMOTION, RuleType
from ml.tables import Col


def concerns(rule: Rule, frame: pl.DataFrame, promoted: pl.Series | None = None) -> pl.Expr:
    """Boolean expression: the rows of a catalogue that a rule is about; all of them if it names no field."""
    if rule.item_field is None:
        return pl.lit(True)
    if rule.item_field == PROMOTION:
        return pl.col(Col.item_id).is_in(
            (promoted if promoted is not None else pl.Series([], dtype=pl.String)).implode()
        )
    if rule.item_field not in frame.columns:
        return pl.lit(False)
    field = pl.col(rule.item_field)
    return (field.is_not_null() if rule.item_value is None else field == rule.item_value).fill_null(False)


def eligible(rules: Sequence[Rule], frame: pl.DataFrame) -> pl.DataFrame:
    """The catalogue without the rows that an exclusion or a lowest price removes; a null price is too low."""
    for rule in rules:
        taken: pl.Expr | None = None
        if rule.rule_type == RuleType.exclude:
            taken = concerns(rule, frame)
        if rule.rule_type == RuleType.min_price:
            price = pl.col(Col.price) if Col.price in frame.columns else pl.lit(None, dtype=pl.Float64)
            taken = concerns(rule, frame) & (price < rule.number).fill_null(True)
        if taken is not None:
            frame = frame.filter(~taken)
    return frame
