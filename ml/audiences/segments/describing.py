"""What tells segments apart: in numbers, and in sentences that the numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.segments.behaviour import NOTHING
from ml.audiences.segments.features import BY_COLUMN, DESCRIBED, Feature, Form
from ml.audiences.segments.scaling import UNIT, scales_of
from ml.tables import Col
from ml.words import Words

CLEAR: Final = 0.3
"""Effect from which a feature is worth a sentence."""
SENTENCES: Final = 3
_DIGITS: Final = 4
_SUM, _KNOWN, _HAVE, _HAVE_ALL = "sum", "known", "have", "have_all"


def features_of(shoppers: pl.DataFrame, segment: pl.Series) -> pl.DataFrame:
    """A row per segment and feature: ``segment_id``, ``rank``, ``feature``, ``value``, ``base_value``, ``effect``,
    and the shares of members and of everybody who have any of it.

    Effects are differences of means of scaled features, summed as whole numbers. Features that are constant, or
    unknown of most shoppers or of the whole segment, have no row.

    Args:
        shoppers: profile and predictions.
        segment: of every row.
    """
    parts = [
        _compared(segment, shoppers[scale.column].cast(pl.Float64), scale.known_points(shoppers))
        for scale in scales_of(shoppers, DESCRIBED)
    ]
    found = pl.concat([_NONE, *parts]).sort(
        Aud.segment_id, pl.col(Aud.effect).abs(), descending=[False, True], maintain_order=True
    )
    return found.with_columns(pl.int_range(1, pl.len() + 1).over(Aud.segment_id).cast(pl.Int32).alias(Col.rank))


def _compared(segment: pl.Series, values: pl.Series, points: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({Aud.segment_id: segment, Aud.value: values, _SUM: points})
    base = float(points.sum()) / points.count()
    return (
        frame.group_by(Aud.segment_id)
        .agg(
            pl.col(Aud.value).median(),
            pl.col(_SUM).sum(),
            pl.col(_SUM).count().alias(_KNOWN),
            (pl.col(Aud.value) > 0).fill_null(value=False).mean().alias(_HAVE),
        )
        .filter(pl.col(_KNOWN) > 0)
        .select(
            Aud.segment_id,
            pl.lit(values.name).alias(Aud.feature),
            pl.col(Aud.value).round(_DIGITS),
            pl.lit(values.median(), pl.Float64).round(_DIGITS).alias(Aud.base_value),
            ((pl.col(_SUM) / pl.col(_KNOWN) - base) / UNIT).round(_DIGITS).alias(Aud.effect) + 0.0,
            pl.col(_HAVE),
            pl.lit((values > 0).fill_null(value=False).mean(), pl.Float64).alias(_HAVE_ALL),
        )
        .sort(Aud.segment_id)
    )


_NONE: Final = pl.DataFrame(
    schema={
        Aud.segment_id: pl.String,
        Aud.feature: pl.String,
        **dict.fromkeys((Aud.value, Aud.base_value, Aud.effect, _HAVE, _HAVE_ALL), pl.Float64),
    }
)


def descriptions(features: pl.DataFrame, rules: Mapping[str, Words]) -> dict[str, Words]:
    """By segment its rule, where it has one, and sentences about the features that tell it apart most.

    Args:
        features: of ``features_of``.
        rules: by segment, who is in it; segments without a rule and without features have no text.
    """
    found = {name: [rule] for name, rule in rules.items()}
    for (name,), rows in features.group_by(Aud.segment_id, maintain_order=True):
        if rules.get(str(name)) == NOTHING:
            continue  # who buys nothing has little of everything
        clear = rows.filter(pl.col(Aud.effect).abs() >= CLEAR)
        sentences = [told for row in clear.iter_rows(named=True) if (told := _sentence(row))]
        found.setdefault(str(name), []).extend(sentences[:SENTENCES])
    return {
        name: Words(" ".join(each.en for each in texts), "".join(each.zh for each in texts))
        for name, texts in found.items()
    }


def shown(value: float, form: Form) -> str:
    """A value as people read it."""
    if form is Form.SHARE:
        return f"{100 * value:.0f} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def _sentence(row: Mapping[str, float | str]) -> Words | None:
    """None where segment and everybody read the same."""
    feature = BY_COLUMN[str(row[Aud.feature])]
    if feature.have:
        return _having(feature.have, float(row[_HAVE]), float(row[_HAVE_ALL]))
    return _median(feature, float(row[Aud.value]), float(row[Aud.base_value]))


def _having(have: Words, share: float, base: float) -> Words | None:
    own, others = shown(share, Form.SHARE), shown(base, Form.SHARE)
    if own == others:
        return None
    return Words(f"{own} have {have.en}, {others} of everybody.", f"{own}的人{have.zh}，全体为 {others}。")


def _median(feature: Feature, value: float, base: float) -> Words | None:
    own, others = shown(value, feature.form), shown(base, feature.form)
    if own == others:
        return None
    label = feature.label
    return Words(f"{label.en}: median {own} (everybody: {others}).", f"{label.zh}：中位数 {own}，全体为 {others}。")
