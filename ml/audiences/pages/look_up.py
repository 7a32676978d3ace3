"""Find an audience: definition, traits, change, overlap, ten examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE_OVERLAP, AUDIENCE_TRAIT
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import CONSENTS, KINDS, NAME, SHARE, SHOPPERS, WHY, consent_text
from ml.documents import Field, LookUp, Names, Part
from ml.records import records
from ml.tables import Col
from ml.words import Text, Words

AUDIENCE_LOOK_UP: Final = "audience"
_EXAMPLES: Final = 10
_ABOUT, _CHANGE, _TRAITS, _OVERLAP, _SOME = "about", "change", "traits", "overlap", "examples"
_DAYS, _JOINED, _LEFT, _CALLED = "days", "joined", "left", "name"
_CHANGES: Final = (
    (1, Aud.joined_1d, Aud.left_1d),
    (7, Aud.joined_7d, Aud.left_7d),
    (28, Aud.joined_28d, Aud.left_28d),
)


_WHAT, _VALUE = "what", "value"
_FACTS: Final[dict[str, Text]] = {
    Aud.condition: Words("Definition", "定义"),
    Aud.kind: Words("Chosen by", "选取方式"),
    Aud.size: SHOPPERS,
    Aud.share: SHARE,
    Aud.withheld: Words("Withheld because", "未发布的原因"),
    Col.purpose: Words("Purpose", "用途"),
    Aud.consent: Words("Consent", "授权"),
    Aud.without_consent: Words("Fit, without consent", "符合但未授权"),
}


def audience_address(audience_id: str) -> str:
    """Where an audience is shown, from any page of the site."""
    return f"audiences.html#{AUDIENCE_LOOK_UP}={quote(audience_id, safe='')}"


def audience_look_up(day: PublishedAudiences) -> LookUp:
    """Every audience, also those whose members are withheld."""
    tables = _tables(day)
    called = day.audiences.select(
        Aud.audience_id, pl.struct(pl.col(Aud.name_en).alias("en"), pl.col(Aud.name_zh).alias("zh")).alias(_CALLED)
    )
    return LookUp(
        name=AUDIENCE_LOOK_UP,
        label=Words("Show an audience", "查看人群"),
        title=Words("{name}", "{name}"),
        hint=Words(
            "Its id; or follow a link of a table. There are {number}.",
            "请输入人群编号，或点击表中的链接；共 {number} 个。",
        ),
        missing=Words("No audience of this id is published on this day.", "当天没有发布该编号的人群。"),
        parts=(_about_part(day), _change_part(), _traits_part(), _overlap_part(), _examples_part()),
        ids=day.audiences[Aud.audience_id].to_list(),
        records=lambda ids: _records(called, tables, ids),
        names=Names((), ()),
    )


def _records(called: pl.DataFrame, tables: dict[str, pl.DataFrame], ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each record with the name of the audience in both languages."""
    names = dict(called.select(Aud.audience_id, pl.col(_CALLED).struct.json_encode()).iter_rows())
    for each, body in records(Aud.audience_id, ids, tables):
        yield each, f'{{"{_CALLED}":{names[each]},{body[1:]}'


def _tables(day: PublishedAudiences) -> dict[str, pl.DataFrame]:
    names = day.audiences.select(pl.col(Aud.audience_id).alias(Aud.other_audience_id), Aud.name_en, Aud.name_zh)
    overlap = day.table(AUDIENCE_OVERLAP).join(names, on=Aud.other_audience_id, how="left")
    return {
        _ABOUT: _facts(day.audiences),
        _CHANGE: _changes(day.audiences),
        _TRAITS: day.table(AUDIENCE_TRAIT).with_columns(
            _percent(Aud.share_in), _percent(Aud.share_all), pl.col(Col.lift, Aud.lift_low).round(1)
        ),
        _OVERLAP: overlap.sort(Aud.shoppers, Aud.other_audience_id, descending=[True, False], nulls_last=True)
        .with_columns(_percent(Aud.share))
        .drop_nulls(Aud.shoppers),
        _SOME: examples(day.members),
    }


def examples(members: pl.DataFrame) -> pl.DataFrame:
    """Ten members of each audience: of the highest score, and where there is none spread over all of them by id."""
    now = members.filter(pl.col(Aud.is_member)).sort(Aud.audience_id, Col.user_id)
    place, whole = pl.int_range(pl.len()).over(Aud.audience_id), pl.len().over(Aud.audience_id)
    step = (whole // _EXAMPLES).clip(1)
    best = pl.col(Col.score).rank("ordinal", descending=True).over(Aud.audience_id)
    chosen = pl.when(pl.col(Col.score).is_null()).then((place % step == 0) & (place // step < _EXAMPLES))
    shown_columns = (Aud.audience_id, Col.user_id, Col.score, Aud.reason_en, Aud.reason_zh)
    found = now.filter(chosen.otherwise(best <= _EXAMPLES)).select(shown_columns)
    order = [Aud.audience_id, Col.score, Col.user_id]
    return found.sort(order, descending=[False, True, False], nulls_last=True).with_columns(pl.col(Col.score).round(4))


def _facts(audiences: pl.DataFrame) -> pl.DataFrame:
    """What is known of each audience, a row each: column, value as text."""
    told = {
        **{name: pl.col(name).cast(pl.String) for name in _FACTS},
        Aud.share: pl.format("{} %", _percent(Aud.share)),
        Aud.withheld: pl.when(pl.col(Aud.withheld) != "").then(Aud.withheld),
    }
    rows = [audiences.select(Aud.audience_id, pl.lit(what).alias(_WHAT), told[what].alias(_VALUE)) for what in _FACTS]
    return pl.concat(rows).sort(Aud.audience_id, maintain_order=True).drop_nulls(_VALUE)


def _changes(audiences: pl.DataFrame) -> pl.DataFrame:
    rows = [
        audiences.select(
            Aud.audience_id,
            pl.lit(days).alias(_DAYS),
            pl.col(joined).alias(_JOINED),
            pl.col(left).alias(_LEFT),
            (pl.col(Aud.size) - pl.col(joined) + pl.col(left)).alias(Aud.size),
        )
        for days, joined, left in _CHANGES
    ]
    return pl.concat(rows).sort(Aud.audience_id, _DAYS).filter(pl.col(_JOINED).is_not_null())


def _percent(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round(1)


def _about_part(day: PublishedAudiences) -> Part:
    values = {**KINDS, **{name: mark.text for name, mark in CONSENTS.items()}}
    fields = (
        Field(_WHAT, Words("What", "项目"), words=_FACTS),
        Field(_VALUE, Words("Value", "取值"), words=values),
    )
    return Part(_ABOUT, Words("Definition", "定义"), fields, consent_text(day.is_consent_assumed))


def _change_part() -> Part:
    fields = (
        Field(_DAYS, Words("Days before", "几天前"), is_numeric=True),
        Field(Aud.size, Words("Members then", "当时成员数"), is_numeric=True),
        Field(_JOINED, Words("Joined since", "此后加入"), is_numeric=True, is_bar=True),
        Field(_LEFT, Words("Left since", "此后离开"), is_numeric=True, is_bar=True),
    )
    text = Words(
        "Who belonged to it then, judged with this day's definition and models.",
        "当时的成员按当天的定义与模型判定。",
    )
    return Part(_CHANGE, Words("Change", "变化"), fields, text)


def _traits_part() -> Part:
    fields = (
        Field(Words(Aud.trait_en, Aud.trait_zh), Words("Trait", "特征")),
        Field(Aud.share_in, Words("Members", "成员占比"), is_numeric=True, is_bar=True, unit=" %"),
        Field(Aud.share_all, Words("Everybody", "全体占比"), is_numeric=True, unit=" %"),
        Field(Col.lift, Words("Lift", "提升度"), is_numeric=True),
        Field(Aud.lift_low, Words("At least", "至少"), is_numeric=True),
    )
    text = Words(
        "What members are or do more often than everybody, the most certain first.",
        "成员比全体更常见的特征，最确定的在前。",
    )
    return Part(_TRAITS, Words("What they have in common", "共同特征"), fields, text)


def _overlap_part() -> Part:
    fields = (
        Field(Words(Aud.name_en, Aud.name_zh), NAME),
        Field(Aud.shoppers, Words("Members of both", "共同成员"), is_numeric=True),
        Field(Aud.share, Words("Share of this one", "占本人群比例"), is_numeric=True, is_bar=True, unit=" %"),
        Field(Aud.other_audience_id, Words("Audience", "人群"), to=AUDIENCE_LOOK_UP),
    )
    text = Words(
        "Pairs that share fewer members than the minimum size are left out.", "共同成员少于最小人数的组合不显示。"
    )
    return Part(_OVERLAP, Words("Overlap", "重叠"), fields, text)


def _examples_part() -> Part:
    fields = (
        Field(Col.user_id, Words("Shopper", "顾客"), to="shopper.html#customer"),
        Field(Words(Aud.reason_en, Aud.reason_zh), WHY),
        Field(Col.score, Words("Score", "得分"), is_numeric=True),
    )
    return Part(_SOME, Words("Ten examples", "十个示例"), fields)
