"""What members are or do more often than everybody: tags, segments, usual values, the ends of numbers.

A share among members counts as more only where the lower end of its interval does, so that no trait rests on a
handful of members.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.names import column_words
from ml.audiences.conditions.terms import Function
from ml.audiences.conditions.vocabulary import Vocabulary
from ml.tables import Col
from ml.words import Words

TRAIT_COLUMNS: Final = (
    *("top_category_1", "top_category_2", "top_subcategory_1", "top_brand_1", "preferred_channel", "price_band"),
    *("days_since_last_purchase", Col.purchase_days_365d, Col.revenue_365d, "mean_basket_value_365d"),
    *("mean_days_between_purchases", "purchase_regularity", "discount_share_365d", "price_index"),
    *("redemptions_365d", "campaigns_365d", "purchase_probability_28d", "churn_probability", "predicted_clv_90d"),
)
"""Columns of profile and predictions that traits are made of: each value of texts, the outer fifths of numbers."""
MOST_TRAITS: Final = 10
_FIFTH: Final = 0.2
_USUAL: Final = 0.5
"""An outer fifth that more than half of everybody lie in, because of equal values, tells nothing."""
FEWEST: Final = 5
"""Members with a trait, below which it is not told."""
_Z: Final = 1.959964
_ADMITTED: Final = 3.3
"""Normal quantile at which a trait must stand out to be told: of a hundred that mean nothing hardly ever one does."""
_VALUE, _ALL, _IN, _MEMBER = "value", "all", "in", "member"
_FUNCTIONS: Final = {Scheme.BEHAVIOUR: Function.SEGMENT, Scheme.RFM: Function.RFM, Scheme.LIFECYCLE: Function.STAGE}
_MADE_OF: Final = {Scheme.LIFECYCLE: "lifecycle_stage"}
"""The column whose values a scheme's segments are: who is asked for by the one is told nothing new by the other."""
_SEGMENT_WORDS: Final = {
    Scheme.BEHAVIOUR: Words("segment {}", "细分“{}”"),
    Scheme.RFM: Words("RFM class {}", "RFM 类别“{}”"),
    Scheme.LIFECYCLE: Words("stage {}", "阶段“{}”"),
}
_TAGGED: Final = Words("tag {}", "标签“{}”")
_AT_LEAST: Final = Words("{} {} or more", "{} {} 或以上")
_AT_MOST: Final = Words("{} {} or less", "{} {} 或以下")
_ONLY: Final = Words("{} {}", "{} {}")


@dataclass(frozen=True, eq=False)
class Everybody:
    """All shoppers of a day with what traits are made of.

    Attributes:
        shoppers: ``user_id`` and columns of ``TRAIT_COLUMNS``, a row per shopper.
        tags: ``tag_id``, ``user_id``; None: there are none.
        segments: ``scheme``, ``user_id``, ``segment_id``; None: there are none.
        fewest: members that a trait must have to be told.
    """

    shoppers: pl.DataFrame
    vocabulary: Vocabulary
    tags: pl.LazyFrame | None = None
    segments: pl.LazyFrame | None = None
    fewest: int = FEWEST


@dataclass(frozen=True)
class _Trait:
    """A trait, of how many members and of how many shoppers."""

    words: Words
    members: int
    shoppers: int


def traits(
    members: pl.Series, everybody: Everybody, asked: Collection[str] = (), most: int = MOST_TRAITS
) -> pl.DataFrame:
    """The traits that are more frequent among ``members`` (``user_id``) than among everybody, most telling first.

    Args:
        asked: columns, tags and segments that the members were chosen by: they would be told first, and tell nothing.

    Returns:
        ``rank``, ``trait_en``, ``trait_zh``, ``share_in``, ``share_all``, ``lift`` (``share_in`` by ``share_all``) and
        ``lift_low``, the lower end of its 95 % interval (Wilson, of the share among members).
    """
    count, total = len(members), len(everybody.shoppers)
    found = [each for each in _all_traits(members, everybody, asked) if each.members >= everybody.fewest]
    rows = pl.DataFrame(
        [(each.words.en, each.words.zh, each.members / count, each.shoppers / total) for each in found],
        schema={Aud.trait_en: pl.String, Aud.trait_zh: pl.String, Aud.share_in: pl.Float64, Aud.share_all: pl.Float64},
        orient="row",
    ).with_columns(
        (pl.col(Aud.share_in) / pl.col(Aud.share_all)).round(6).alias(Col.lift),
        (_wilson_low(pl.col(Aud.share_in), count, _Z) / pl.col(Aud.share_all)).round(6).alias(Aud.lift_low),
    )
    return (
        rows.filter(_wilson_low(pl.col(Aud.share_in), count, _ADMITTED) > pl.col(Aud.share_all))
        .sort(Aud.lift_low, Aud.trait_en, Aud.trait_zh, Aud.share_in, descending=[True, False, False, False])
        .head(most)
        .with_row_index(Col.rank, offset=1)
    )


def _all_traits(members: pl.Series, everybody: Everybody, asked: Collection[str]) -> Iterator[_Trait]:
    shoppers = everybody.shoppers.with_columns(pl.col(Col.user_id).is_in(members.implode()).alias(_MEMBER))
    for column in TRAIT_COLUMNS:
        if column in shoppers.columns and column not in asked:
            is_text = shoppers.schema[column] == pl.String
            yield from (_values if is_text else _ends)(shoppers, column)
    yield from _tags(members, everybody, asked)
    yield from _segments(members, everybody, asked)


def _values(shoppers: pl.DataFrame, column: str) -> Iterator[_Trait]:
    """Each value of a text."""
    counted = shoppers.group_by(column).agg(pl.col(_MEMBER).sum().alias(_IN), pl.len().alias(_ALL))
    words = column_words(column)
    for value, among, everywhere in counted.drop_nulls(column).iter_rows():
        yield _Trait(Words(f"{words.en} {value}", f"{words.zh} {value}"), among, everywhere)


def _ends(shoppers: pl.DataFrame, column: str) -> Iterator[_Trait]:
    """The highest and the lowest fifth of a number."""
    value, words = pl.col(column).cast(pl.Float64).fill_nan(None), column_words(column)
    known = shoppers.select(value.alias(_VALUE), _MEMBER).drop_nulls()
    for share, told in ((1 - _FIFTH, _AT_LEAST), (_FIFTH, _AT_MOST)):
        end = known[_VALUE].quantile(share, "nearest")
        if end is None:
            return
        within = known.filter(pl.col(_VALUE) >= end if told is _AT_LEAST else pl.col(_VALUE) <= end)
        if len(within) <= _USUAL * len(shoppers):
            named = _ONLY if within[_VALUE].n_unique() == 1 else told
            shown = f"{round(end, 2) if abs(end) >= 1 else float(f'{end:.3g}'):,}".removesuffix(".0")
            texts = Words(named.en.format(words.en, shown), named.zh.format(words.zh, shown))
            yield _Trait(texts, int(within[_MEMBER].sum()), len(within))


def _tags(members: pl.Series, everybody: Everybody, asked: Collection[str]) -> Iterator[_Trait]:
    if everybody.tags is None:
        return
    for tag, among, everywhere in _counted(everybody.tags, members, Aud.tag_id).iter_rows():
        if tag not in asked:
            name = everybody.vocabulary.words_of(Function.TAG, tag)
            yield _Trait(Words(_TAGGED.en.format(name.en), _TAGGED.zh.format(name.zh)), among, everywhere)


def _segments(members: pl.Series, everybody: Everybody, asked: Collection[str]) -> Iterator[_Trait]:
    if everybody.segments is None:
        return
    for scheme, segment, among, everywhere in _counted(
        everybody.segments, members, Aud.scheme, Aud.segment_id
    ).iter_rows():
        if segment not in asked and _MADE_OF.get(Scheme(scheme)) not in asked:
            told = _SEGMENT_WORDS[Scheme(scheme)]
            name = everybody.vocabulary.words_of(_FUNCTIONS[Scheme(scheme)], segment)
            yield _Trait(Words(told.en.format(name.en), told.zh.format(name.zh)), among, everywhere)


def _counted(held: pl.LazyFrame, members: pl.Series, *keys: str) -> pl.DataFrame:
    """By what is held, how many members and how many shoppers hold it."""
    is_member = pl.col(Col.user_id).is_in(members.implode())
    return held.group_by(keys).agg(is_member.sum().alias(_IN), pl.len().alias(_ALL)).sort(keys).collect()


def _wilson_low(share: pl.Expr, count: int, quantile: float) -> pl.Expr:
    """The lower end of the interval of a share of ``count``; at 1.96 that of 95 %."""
    count, squared = max(count, 1), quantile**2
    spread = quantile * ((share * (1 - share) + squared / (4 * count)) / count).sqrt()
    return (share + squared / (2 * count) - spread) / (1 + squared / count)
