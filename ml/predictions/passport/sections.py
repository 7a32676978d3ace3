"""The passport of a prediction as a person reads it: sections of text and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.documents import Cell, Section
from ml.predictions.contenders.base import Link, Term
from ml.predictions.passport.passport import Passport
from ml.predictions.targets import TARGETS
from ml.predictions.words import CONTENDERS, FEATURES, called
from ml.predictions.words import TARGETS as NAMES
from ml.words import Text, Words

_LARGEST: Final = 12
"""Terms that are listed."""
_WHAT: Final = Words("what", "内容")
_VALUE: Final = Words("value", "数值")
_ADDS: Final = Words("adds", "贡献")
_CHANCES: Final = frozenset(target.name for target in TARGETS if target.kind.is_probability)
_LINKS: Final[Mapping[Link, Words]] = {
    Link.LOGISTIC: Words("sum: log-odds", "合计：对数几率"),
    Link.EXPONENTIAL: Words("sum: logarithm of the figure", "合计：数值的对数"),
}
_REFERENCES: Final[Mapping[str, Words]] = {
    "policy": Words("policy", "策略"),
    "version": Words("published version", "发布版本"),
    "model": Words("model version", "模型版本"),
    "training_run": Words("MLflow run", "MLflow 运行"),
    "promotion": Words("promotion", "上线记录"),
    "dag_run": Words("DAG run of the day", "当日的 DAG 运行"),
    "snapshot": Words("snapshot", "快照"),
    "code": Words("code", "代码"),
}


def sections(passport: Passport) -> list[Section]:
    """Everything that the passport tells, in the order in which one asks."""
    found = [
        _figure(passport),
        _notes(passport),
        _terms(passport),
        _held(passport),
        _origin(passport),
        _landing(passport),
    ]
    return [section for section in found if section.rows or section.text]


def _figure(passport: Passport) -> Section:
    text = Words(
        f"As of {passport.as_of_date}, version {passport.version}.",
        f"截至 {passport.as_of_date}，版本 {passport.version}。",
    )
    rows: list[tuple[Cell, ...]] = [
        (Words("shopper", "顾客"), passport.user_id),
        (NAMES[passport.target], _shown(passport, passport.value)),
    ]
    if passport.low is not None and passport.high is not None:
        ends = f"{_shown(passport, passport.low)} … {_shown(passport, passport.high)}"
        rows.append((Words("80 % interval", "80% 区间"), ends))
    if passport.days is not None:
        rows.append((Words("days ahead", "预测天数"), f"{passport.days:.0f}"))
    rows.append((Words("predicted by", "预测方法"), called(CONTENDERS, passport.contender)))
    if passport.by_contender is not None:
        rows.append((Words("as it said", "该方法给出"), _shown(passport, passport.by_contender)))
    return Section(Words("The prediction", "预测"), text, (_WHAT, _VALUE), tuple(rows))


def _notes(passport: Passport) -> Section:
    rows = tuple((note,) for note in passport.notes)
    return Section(Words("To know before", "请注意"), "", (Words("note", "说明"),), rows)


def _terms(passport: Passport) -> Section:
    """The largest addends and their sum; where there is no sum, what the prediction was made of."""
    heading = Words("What it is made of", "由什么得出")
    terms = passport.terms
    if terms is None:
        return Section(heading)
    if terms.base is None or terms.total is None or terms.link is None:
        text = "" if terms.terms else Words("The same for every customer.", "对每位顾客都相同。")
        return Section(
            heading, text, (_WHAT, _VALUE), tuple((_called(each), _number(each.value)) for each in terms.terms)
        )
    ordered = sorted(terms.terms, key=lambda each: (-abs(each.amount or 0.0), each.name))
    rest = sum(each.amount or 0.0 for each in ordered[_LARGEST:])
    rows: list[tuple[Cell, ...]] = [(Words("every customer starts from", "所有顾客的起点"), "", f"{terms.base:+.4f}")]
    rows += [(_called(each), _number(each.value), f"{each.amount or 0.0:+.4f}") for each in ordered[:_LARGEST]]
    if ordered[_LARGEST:]:
        count = len(ordered) - _LARGEST
        rows.append((Words(f"{count} others", f"其余 {count} 项"), "", f"{rest:+.4f}"))
    rows.append((_LINKS[terms.link], "", f"{terms.total:+.4f}"))
    rows.append((Words("that is", "即"), "", _shown(passport, terms.link(terms.total))))
    return Section(heading, "", (_WHAT, _VALUE, _ADDS), tuple(rows), frozenset({_VALUE, _ADDS}))


def _held(passport: Passport) -> Section:
    """How predictions of this size came true."""
    tenth = passport.tenth
    if tenth is None:
        return Section(Words("How such predictions held", "同类预测的实际情况"))
    ends = f"{_shown(passport, tenth.lowest)} … {_shown(passport, tenth.highest)}"
    means = (_shown(passport, tenth.predicted), _shown(passport, tenth.observed))
    text = Words(
        "Customers of past days, not learned from, whose prediction was in the same tenth.",
        "过去日期中未参与学习、预测处于同一十分位的顾客。",
    )
    numeric = (
        *(Words("predicted between", "预测范围"), Words("predicted", "平均预测")),
        *(Words("observed", "平均实际"), Words("customers", "顾客数")),
    )
    row = (ends, *means, f"{tenth.customers:,}")
    return Section(Words("How such predictions held", "同类预测的实际情况"), text, numeric, (row,), frozenset(numeric))


def _origin(passport: Passport) -> Section:
    columns = (Words("link", "环节"), Words("id", "编号"), Words("note", "说明"))
    rows = tuple((_REFERENCES[each.name], each.value, each.note) for each in passport.references)
    return Section(Words("Where it comes from", "来源"), "", columns, rows)


def _landing(passport: Passport) -> Section:
    numeric = (Words("partitions", "分区"), Words("rows", "行数"))
    columns = (Words("landing files", "落地文件"), *numeric, Words("SHA-256 of the last", "最后分区的 SHA-256"))
    rows = tuple(
        (
            f"{each.table}/dt={each.first} … dt={each.last}",
            f"{each.partitions:,}",
            f"{each.rows:,}",
            each.last_hash[:16],
        )
        for each in passport.landing
    )
    return Section(Words("Landing files", "落地文件"), "", columns, rows, frozenset(numeric))


def _called(term: Term) -> Text:
    return called(FEATURES, term.name)


def _number(value: float | None) -> Text:
    return Words("unknown", "未知") if value is None else f"{value:.5g}"


def _shown(passport: Passport, value: float) -> str:
    return f"{value:.1%}" if passport.target in _CHANCES else f"{value:,.2f}"
