"""Tags of what shoppers buy more of than others do: categories, subcategories and brands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

import polars as pl

from ml.audiences.capability import AFFINITY_BASE, CUSTOMER_AFFINITY
from ml.audiences.columns import Aud, TagKind
from ml.audiences.conditions.literals import written
from ml.audiences.outputs import TAG
from ml.audiences.shoppers import TODAY, Shop
from ml.audiences.tags.columns import DESCRIBED, Affinity
from ml.audiences.tags.lift import VALUE, bases, lifts
from ml.audiences.tags.names import tag_ids, tag_name
from ml.tables import Col
from ml.words import Language, Words, said


@dataclass(frozen=True)
class Limits:
    """What a statistical tag asks for.

    Attributes:
        lift_low: of the lower end of the lift's 95 % interval.
        support: purchase lines in 365 days.
        days: on which they lie.
        per_column: tags of one shopper by the same column of the catalogue, those of the highest ``lift_low``.
        share: members that a tag has at least, of all shoppers; the setting ``minimum_audience`` is a floor too.
    """

    lift_low: float = 1.5
    support: int = 5
    days: int = 3
    per_column: int = 4
    share: float = 0.002


LIMITS: Final = Limits()
_KEY: Final = (Aud.tag_id, Col.user_id)
_EVIDENCE: Final = Words(
    "{} of {} purchase lines are {}: {} times the share among everybody, at least {} times",
    "{1} 行购买中有 {0} 行是{2}：是全体占比的 {3} 倍，至少 {4} 倍",
)
_DIGIT: Final = 10


@dataclass(frozen=True, eq=False)
class Statistical:
    """Statistical tags of a day.

    Attributes:
        tags: ``tag_id``, ``item_field``, ``item_value``, a row per tag.
        held: by number of days before D, a row per tag and shopper whom it fitted, by D's shares of everybody.
    """

    tags: pl.DataFrame
    held: Mapping[int, pl.DataFrame]


def statistical(shop: Shop, taken: Collection[str]) -> Statistical:
    """The tags with enough members, and whom they fit.

    Args:
        taken: ids that the shop's own rows have: they are no statistical tags.
    """
    base = bases(shop.day.table(AFFINITY_BASE))
    everywhere = _named(base).filter(~pl.col(Aud.tag_id).is_in(list(taken)))
    found = {days: _fitting(shop, days, base, everywhere) for days in shop.days}
    least = max(shop.settings.minimum_audience, ceil(LIMITS.share * len(shop.shoppers[TODAY])))
    kept = _enough(found[TODAY], least)
    best = {days: _best(each.join(kept, on=Aud.tag_id, how="semi")) for days, each in found.items()}
    kept = _enough(best[TODAY], least)
    return Statistical(
        everywhere.join(kept, on=Aud.tag_id, how="semi").sort(Aud.tag_id),
        {days: each.join(kept, on=Aud.tag_id, how="semi").sort(_KEY) for days, each in best.items()},
    )


def described(found: Statistical) -> pl.DataFrame:
    """``DESCRIBED``: what ``tag`` says of each, whoever has it."""
    rows = [
        {
            **row,
            Aud.name_en: (name := tag_name(row[Col.item_field], row[Col.item_value])).en,
            Aud.name_zh: name.zh,
            Aud.condition: f"{row[Col.item_field]} = {written(row[Col.item_value])}: lift_low >= {LIMITS.lift_low}",
            Aud.minimum_support: LIMITS.support,
            Aud.withheld: "",
            Aud.kind: TagKind.STATISTICAL.value,
        }
        for row in found.tags.to_dicts()
    ]
    return pl.DataFrame(rows, schema={name: TAG.schema[name] for name in DESCRIBED})


def with_evidence(fitting: pl.DataFrame) -> pl.DataFrame:
    """``tag_id``, ``user_id``, evidence in two languages, ``support``, ``lift`` and ``lift_low``."""
    return fitting.select(
        *_KEY,
        _told("en").alias(Aud.evidence_en),
        _told("zh").alias(Aud.evidence_zh),
        Col.support,
        Col.lift,
        Aud.lift_low,
    )


def _named(base: pl.DataFrame) -> pl.DataFrame:
    """Column, value and id of every tag that there could be; no subcategory that is called as a category is."""
    values = list(zip(base[Col.item_field], base[Col.item_value], strict=True))
    categories = {value.casefold() for field, value in values if field == Col.item_category}
    ids = tag_ids(
        (field, value) for field, value in values if field != Col.item_category2 or value.casefold() not in categories
    )
    named = [(tag_id, *value) for value, tag_id in ids.items()]
    return pl.DataFrame(named, schema=dict.fromkeys((Aud.tag_id, *VALUE), pl.String), orient="row")


def _fitting(shop: Shop, days: int, base: pl.DataFrame, everywhere: pl.DataFrame) -> pl.DataFrame:
    affinities = shop.days[days].scan(CUSTOMER_AFFINITY)
    found = lifts(affinities, base, LIMITS.support, LIMITS.days, LIMITS.lift_low)
    return found.filter(pl.col(Aud.lift_low) >= LIMITS.lift_low).join(everywhere, on=VALUE)


def _enough(fitting: pl.DataFrame, members: int) -> pl.DataFrame:
    return fitting.group_by(Aud.tag_id).len().filter(pl.col("len") >= members).select(Aud.tag_id)


def _best(fitting: pl.DataFrame) -> pl.DataFrame:
    """Of each shopper and column those of the highest lower bound; of equals those of more lines, then the first."""
    ordered = fitting.sort(Col.user_id, Col.item_field, -pl.col(Aud.lift_low), -pl.col(Col.support), Aud.tag_id)
    return ordered.group_by(Col.user_id, Col.item_field, maintain_order=True).head(LIMITS.per_column)


def _told(language: Language) -> pl.Expr:
    low = ((pl.col(Aud.lift_low) * _DIGIT).floor() / _DIGIT).round(1)
    lift = pl.col(Col.lift).round(1)
    values = [pl.col(Col.support), pl.col(Affinity.all_purchases), pl.col(Col.item_value), lift, low]
    pieces = _pieces(said(_EVIDENCE, language))
    return pl.concat_str(values[each].cast(pl.String) if isinstance(each, int) else pl.lit(each) for each in pieces)


def _pieces(words: str) -> list[str | int]:
    """Texts and numbers of values, in turn."""
    from string import Formatter

    pieces: list[str | int] = []
    for number, (text, field, _, _) in enumerate(Formatter().parse(words)):
        pieces += [text] if text else []
        pieces += [int(field) if field else number] if field is not None else []
    return pieces
