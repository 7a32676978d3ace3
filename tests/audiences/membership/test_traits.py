"""Traits are what members have more often than everybody, and no trait rests on a handful of members."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.vocabulary import columns_of
from ml.audiences.membership.traits import TRAIT_COLUMNS, Everybody, traits
from ml.audiences.shoppers import known_columns
from ml.tables import Col
from ml.words import Words
from testkit.conditions.generated import VOCABULARY

_USERS = [f"s{number:03}" for number in range(200)]
_MEMBERS = pl.Series(_USERS[:40])
_EVERYBODY = Everybody(
    pl.DataFrame(
        {
            Col.user_id: _USERS,
            "top_category_1": ["WINE"] * 30 + ["BREAD"] * 10 + ["WINE"] * 30 + ["BREAD"] * 130,
            Col.revenue_365d: [1000.0 + number for number in range(40)] + [float(number) for number in range(160)],
            "redemptions_365d": [0] * 200,
        }
    ),
    replace(VOCABULARY, tags={"baking": Words("baker", "烘焙")}),
    pl.LazyFrame({Aud.tag_id: ["baking"] * 30 + ["rare"] * 4, Col.user_id: _USERS[20:50] + _USERS[:4]}),
    pl.LazyFrame({Aud.scheme: Scheme.LIFECYCLE, Col.user_id: _USERS, Aud.segment_id: ["at_risk"] * 40 + ["new"] * 160}),
)


def test_what_members_have_more_often_is_told_with_its_lift_most_telling_first() -> None:
    found = traits(_MEMBERS, _EVERYBODY)
    assert found[Aud.trait_en].to_list() == [
        "stage at risk",
        "revenue in 365 days 159 or more",
        "tag baker",
        "top category 1 WINE",
    ]
    assert found[Aud.trait_zh].to_list() == [
        "阶段“有流失风险”",
        "近 365 天消费金额 159 或以上",
        "标签“烘焙”",
        "首选品类 WINE",
    ]
    wine = found.row(3, named=True)
    assert (wine[Aud.share_in], wine[Aud.share_all], wine[Col.lift]) == (0.75, 0.3, 2.5)
    assert abs(wine[Aud.lift_low] - 0.598065 / 0.3) < 1e-4
    assert found[Col.rank].to_list() == [1, 2, 3, 4]


def test_what_the_members_were_chosen_by_is_no_trait() -> None:
    asked = (Col.revenue_365d, "at_risk", "baking")
    assert traits(_MEMBERS, _EVERYBODY, asked)[Aud.trait_en].to_list() == ["top category 1 WINE"]
    by_column = traits(_MEMBERS, _EVERYBODY, ("lifecycle_stage", Col.revenue_365d, "baking"))
    assert by_column[Aud.trait_en].to_list() == ["top category 1 WINE"], "the stage by its column"


def test_everybody_has_no_traits_and_nobody_neither() -> None:
    assert traits(pl.Series(_USERS), _EVERYBODY).is_empty()
    assert traits(pl.Series([], dtype=pl.String), _EVERYBODY).is_empty()


def test_the_columns_of_traits_are_known_and_have_names() -> None:
    known = columns_of(known_columns().values())
    assert set(TRAIT_COLUMNS) <= set(known)
    assert [name for name, column in known.items() if column.words.zh == name] == []
