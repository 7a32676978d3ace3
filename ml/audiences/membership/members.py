"""The tables ``audience_member`` and ``audience``: who is in, who left, why, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.membership.chosen import REASONED, Chosen
from ml.audiences.membership.consent import Consents
from ml.audiences.membership.judged import Judged
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER
from ml.audiences.shoppers import TODAY
from ml.tables import Col
from ml.words import Words

MEMBER_ON: Final[Mapping[int, str]] = {1: Aud.member_1d, 7: Aud.member_7d, 28: Aud.member_28d}
CHANGED: Final[Mapping[int, tuple[str, str]]] = {
    1: (Aud.joined_1d, Aud.left_1d),
    7: (Aud.joined_7d, Aud.left_7d),
    28: (Aud.joined_28d, Aud.left_28d),
}
_GONE: Final = Words("the shop no longer knows this shopper", "商店已无此顾客的记录")
_KEY: Final = (Aud.audience_id, Col.user_id)


def member_table(judged: Judged, chosen: Sequence[Chosen]) -> pl.DataFrame:
    """``audience_member``: members of D, and those of the compared days who are none any more."""
    rows = judged.rows.select(_KEY).unique(maintain_order=True)
    flagged = rows.with_columns(
        _was(rows, judged, days).alias(name) for days, name in {TODAY: Aud.is_member, **MEMBER_ON}.items()
    )
    scored = flagged.join(judged.members().select(*_KEY, Col.score), on=_KEY, how="left")
    reasoned = scored.join(_reasons(rows, chosen), on=_KEY, how="left")
    return AUDIENCE_MEMBER.checked(
        reasoned.with_columns(pl.col(Aud.reason_en).fill_null(_GONE.en), pl.col(Aud.reason_zh).fill_null(_GONE.zh))
    )


def audience_table(
    judged: Judged, chosen: Sequence[Chosen], members: pl.DataFrame, consents: Consents, shoppers: int
) -> pl.DataFrame:
    """``audience``: a row per definition; sizes and changes where they may be told.

    Args:
        members: ``audience_member``.
        shoppers: everybody, on D.
    """
    rows = [
        {
            Aud.audience_id: each.definition.audience_id,
            Aud.name_en: each.definition.name.en,
            Aud.name_zh: each.definition.name.zh,
            Aud.kind: each.definition.kind,
            Aud.condition: each.definition.text,
            Col.purpose: each.definition.purpose,
            Aud.withheld: judged.withheld[each.definition.audience_id],
            Aud.consent: consents.kind,
            Aud.without_consent: judged.without_consent[each.definition.audience_id],
        }
        for each in chosen
    ]
    described = pl.DataFrame(rows, schema_overrides={Aud.without_consent: pl.Int64})
    counted = described.join(_counts(members), on=Aud.audience_id, how="left")
    return AUDIENCE.checked(counted.with_columns((pl.col(Aud.size) / max(shoppers, 1)).round(6).alias(Aud.share)))


def _was(rows: pl.DataFrame, judged: Judged, days: int) -> pl.Series:
    """Of each row whether the shopper was a member; null where that is not known."""
    known = [name for name, before in judged.known if before == days]
    members = judged.members(days).select(*_KEY, pl.lit(value=True).alias(Aud.is_member))
    found = rows.join(members, on=_KEY, how="left", maintain_order="left")
    was = pl.when(pl.col(Aud.audience_id).is_in(known)).then(pl.col(Aud.is_member).fill_null(value=False))
    return found.select(was.alias(Aud.is_member))[Aud.is_member]


def _reasons(rows: pl.DataFrame, chosen: Sequence[Chosen]) -> pl.DataFrame:
    users = rows.partition_by(Aud.audience_id, as_dict=True)
    found = [
        each.reasons(some[Col.user_id]).with_columns(pl.lit(name).alias(Aud.audience_id))
        for each in chosen
        if (some := users.get((name := each.definition.audience_id,))) is not None
    ]
    return pl.concat(found) if found else pl.DataFrame(schema={Aud.audience_id: pl.String, **REASONED})


def _counts(members: pl.DataFrame) -> pl.DataFrame:
    """By audience, size and changes; a change is null where the day before is not known."""
    is_member, changes = pl.col(Aud.is_member), list[pl.Expr]()
    for days, (joined, left) in CHANGED.items():
        was = pl.col(MEMBER_ON[days])
        for name, changed in ((joined, is_member & ~was), (left, ~is_member & was)):
            changes.append(pl.when(was.is_not_null().any()).then(changed.sum()).cast(pl.Int64).alias(name))
    return members.group_by(Aud.audience_id).agg(is_member.sum().cast(pl.Int64).alias(Aud.size), *changes)
