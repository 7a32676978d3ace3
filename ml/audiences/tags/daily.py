"""A day's tags: whom they fit, why, and whether they did a week and four weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from ml.audiences.capability import DIM_TAG
from ml.audiences.columns import Aud, TagKind
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.parts import Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.audiences.tags.definitions import definitions, landed_tags
from ml.audiences.tags.people import people, vocabulary
from ml.audiences.tags.rules import Rule, columns_of, evidence, fitting, rules
from ml.audiences.tags.statistical import Statistical, described, statistical, with_evidence
from ml.tables import Col

_KEY: Final = (Aud.tag_id, Col.user_id)
_HELD: Final = {7: Aud.held_7d, 28: Aud.held_28d}


def tagged(shop: Shop) -> Tagged:
    """Tag every shopper, on D and, by D's definitions, on the days that it is compared with.

    A tag whose condition is refused has no members, and says why.

    Raises:
        StaleFeatures: a snapshot is incomplete.
    """
    landed, words = landed_tags(shop.day.table(DIM_TAG)), vocabulary()
    checked = rules(definitions(landed), words)
    known = {days: people(shop, days, columns_of(checked)) for days in shop.days}
    found = statistical(shop, landed.tag_ids)
    held = {
        days: pl.concat([fitting(checked, each), found.held[days].select(_KEY)]).sort(_KEY)
        for days, each in known.items()
    }
    members = pl.concat(
        [evidence(checked, known[TODAY], words), with_evidence(found.held[TODAY])], how="diagonal_relaxed"
    )
    tables = {TAG.name: _tags(checked, found, held[TODAY], len(known[TODAY])), TAG_MEMBER.name: _since(members, held)}
    return Tagged(tables, held)


def _tags(checked: tuple[Rule, ...], found: Statistical, held: pl.DataFrame, shoppers: int) -> pl.DataFrame:
    """``tag``: those that are withheld have neither members nor a share."""
    by_rule = pl.DataFrame(
        [
            {
                Aud.tag_id: rule.definition.tag_id,
                Aud.name_en: rule.definition.name.en,
                Aud.name_zh: rule.definition.name.zh,
                Aud.condition: rule.text,
                Aud.minimum_support: rule.definition.minimum_support,
                Aud.withheld: rule.refused,
                Aud.kind: TagKind.RULE.value,
            }
            for rule in checked
        ],
        schema={name: TAG.schema[name] for name in (*_SAID, Aud.withheld, Aud.kind)},
    )
    others = described(found).with_columns(
        pl.lit("").alias(Aud.withheld), pl.lit(TagKind.STATISTICAL.value).alias(Aud.kind)
    )
    counts = held.group_by(Aud.tag_id).agg(pl.len().cast(pl.Int64).alias(Aud.members))
    members = pl.when(pl.col(Aud.withheld) == "").then(pl.col(Aud.members).fill_null(0))
    return (
        pl.concat([by_rule, others], how="diagonal_relaxed")
        .join(counts, on=Aud.tag_id, how="left")
        .with_columns(members.alias(Aud.members))
        .with_columns((pl.col(Aud.members) / max(shoppers, 1)).round(6).alias(Aud.share))
    )


_SAID: Final = (Aud.tag_id, Aud.name_en, Aud.name_zh, Aud.condition, Aud.minimum_support)


def _since(members: pl.DataFrame, held: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    """``tag_member``: with a flag per earlier day, null where the shop had landed nothing by then."""
    for days, flag in _HELD.items():
        if days in held:
            before = held[days].with_columns(pl.lit(value=True).alias(flag))
            members = members.join(before, on=_KEY, how="left").with_columns(pl.col(flag).fill_null(value=False))
        else:
            members = members.with_columns(pl.lit(None, pl.Boolean).alias(flag))
    return members
