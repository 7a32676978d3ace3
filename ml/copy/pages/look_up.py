"""Find a brief: its texts, their findings and its facts as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import polars as pl

from ml.copy.columns import Copy
from ml.copy.outputs import COPY_CHECK, COPY_FACT, COPY_VARIANT
from ml.copy.pages.published import PublishedCopy, Row
from ml.copy.pages.words import (
    CHANNEL,
    CHANNELS,
    FACTS,
    LANGUAGE,
    LANGUAGES_NAMED,
    PART,
    PARTS_NAMED,
    RULES,
    VARIANT,
    WHO,
    WRITERS,
    status,
)
from ml.documents import Field, LookUp, Names, Part
from ml.records import records
from ml.tables import Table
from ml.words import Text, Words

BRIEF_LOOK_UP: Final = "brief"
_TEXTS, _CHECKS, _FACTS = "texts", "checks", "facts"


def brief_address(brief_id: str) -> str:
    """Where a brief is shown, from any page of the site."""
    return f"copy.html#{BRIEF_LOOK_UP}={quote(brief_id, safe='')}"


def brief_look_up(day: PublishedCopy, ids: pl.Series) -> LookUp:
    """Every brief of ``ids``."""
    rows = {
        _TEXTS: _frame(COPY_VARIANT, day.variants),
        _CHECKS: _frame(COPY_CHECK, day.checks),
        _FACTS: _frame(COPY_FACT, day.facts),
    }
    return LookUp(
        name=BRIEF_LOOK_UP,
        label=Words("Show a brief", "查看简报"),
        title=Words("{id}", "{id}"),
        hint=Words("Its id; there are {number}.", "请输入简报编号；共 {number} 份。"),
        missing=Words("No brief of this id is published on this day.", "当天没有发布该编号的简报。"),
        parts=(_texts_part(), _checks_part(), _facts_part()),
        ids=ids.to_list(),
        records=lambda some: records(Copy.brief_id, some, rows),
        names=Names((), ()),
    )


def _frame(table: Table, rows: Mapping[str, list[Row]]) -> pl.DataFrame:
    return pl.DataFrame([row for each in rows.values() for row in each], schema=table.schema, orient="row")


def _where() -> tuple[Field, ...]:
    channels: dict[str, Text] = dict(CHANNELS)
    return (
        Field(Copy.channel, CHANNEL, words=channels),
        Field(Copy.language, LANGUAGE, words=dict(LANGUAGES_NAMED)),
        Field(Copy.arm, VARIANT, is_numeric=True),
        Field(Copy.part, PART, words=dict(PARTS_NAMED)),
    )


def _texts_part() -> Part:
    stands: dict[str, Text] = {name: status(name).text for name in ("proposed", "approved", "rejected")}
    fields = (
        *_where(),
        Field(Copy.text, Words("Text", "文字")),
        Field(Copy.writer, WHO, words=dict(WRITERS)),
        Field(Copy.status, Words("Status", "状态"), words=stands),
    )
    return Part(_TEXTS, Words("Variants", "版本"), fields)


def _checks_part() -> Part:
    rules: dict[str, Text] = {name: Words(name, chinese) for name, chinese in RULES.items()}
    fields = (
        *_where(),
        Field(Copy.rule, Words("Rule", "规则"), words=rules),
        Field(Copy.found, Words("Found", "发现")),
        Field(Copy.allowed, Words("The facts allow", "事实允许")),
    )
    return Part(_CHECKS, Words("Refused texts", "未通过的文案"), fields)


def _facts_part() -> Part:
    fields = (
        Field(Copy.kind, Words("Kind", "类别"), words=dict(FACTS)),
        Field(Copy.value, Words("Fact", "事实")),
        Field(Copy.language, LANGUAGE, words=dict(LANGUAGES_NAMED)),
        Field(Copy.source, Words("Source", "来源")),
    )
    return Part(_FACTS, Words("Facts", "事实"), fields)
