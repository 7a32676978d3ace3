"""What the page Predictions says of one version: how good every contender was, and how far promises held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ml.charts.curves import curves
from ml.charts.kinds import Spot, calibration
from ml.documents import Cell, Chart, Mark, Section
from ml.predictions.columns import Measured
from ml.predictions.evidence import Evidence, Row
from ml.predictions.targets import TARGETS, Target
from ml.predictions.words import CONTENDERS, called
from ml.predictions.words import TARGETS as NAMES
from ml.words import Text, Words, said

_TARGET: Final = Words("Prediction", "预测")
_METHOD: Final = Words("Predicted by", "预测方法")
_STAYS: Final = Words(
    "What served before stays unless another is significantly better.", "除非另一方法显著更好，否则沿用原方法。"
)
_LOSS: Final = Words("Loss", "损失")
_TOTAL: Final = Words("Total off by", "合计偏差")
_ECE: Final = Words("Calibration error", "校准误差")
_PROMISED: Final = Words("Predicted", "预测值")
_OBSERVED: Final = Words("Observed", "实际值")
_CUSTOMERS: Final = Words("Customers", "顾客数")
_SHOWN: Final = (0.05, 0.1, 0.2, 0.5)
"""Shares of customers in the table of gains."""
_BY_NAME: Final = {target.name: target for target in TARGETS}


def served_section(evidence: Evidence) -> Section:
    """A row per target: what serves, and how good it was."""
    numeric = (_LOSS, "AUC", _ECE, _TOTAL, Words("80 % intervals held", "80% 区间覆盖"))
    rows = []
    for target in TARGETS:
        won, _ = evidence.why[target.name]
        told = evidence.figures(target.name, won) or {}
        figures = (_loss(target, told), *_each(told, ((Measured.auc, ".3f"), (Measured.calibration_error, ".4f"))))
        ends = _each(told, ((Measured.bias, "+.1%"), (Measured.coverage, ".1%")))
        rows.append((NAMES[target.name], called(CONTENDERS, won), *figures, *ends))
    text = Words(
        "Loss is Brier's score of a probability and the mean absolute error of orders and money, on past days that "
        "were predicted without knowing them.",
        "损失：概率用 Brier 分数，订单与金额用平均绝对误差，均在未见过的过去日期上评估。",
    )
    columns = (_TARGET, _METHOD, *numeric)
    heading = Words("What predicts, and how well", "由谁预测、效果如何")
    return Section(heading, text, columns, tuple(rows), frozenset(numeric), name="serving")


def reasons_section(evidence: Evidence) -> Section:
    """A row per target: why what serves it does."""
    rows = tuple(
        (NAMES[target.name], called(CONTENDERS, won), why.partition(": ")[2] or why)
        for target in TARGETS
        for won, why in [evidence.why[target.name]]
    )
    heading = Words("Why these serve", "为何选用")
    columns = (_TARGET, _METHOD, Words("Why", "理由"))
    return Section(heading, _STAYS, columns, rows, name="chosen", folded=True)


def contenders_section(evidence: Evidence) -> Iterator[Section]:
    """Every contender of every target; none where nothing was judged."""
    if not evidence.contenders:
        return
    numeric = (
        *(_LOSS, Words("Loss above the one that serves", "损失高出所用方法")),
        *("AUC", _ECE, _TOTAL, Words("CPU s", "CPU 秒")),
    )
    rows = tuple(_contender(row, evidence) for row in evidence.contenders)
    text = Words(
        "Differences are paired by customer, with 95 % intervals. Of orders and money, a contender whose total is off "
        "by more than 5 % does not serve.",
        "差异按顾客配对，附 95% 区间。订单与金额中，合计偏差超过 5% 的方法不予采用。",
    )
    heading = Words("All contenders", "全部候选方法")
    columns = (_TARGET, Words("Contender", "方法"), Words("Now", "现状"), *numeric)
    yield Section(heading, text, columns, rows, frozenset(numeric), name="contenders", folded=True)


def calibration_section(evidence: Evidence) -> Iterator[Section]:
    """Tenths of customers: what was promised and what came."""
    if not evidence.reliability:
        return
    charts, rows = [], list[tuple[Cell, ...]]()
    for target, tenths in _by_target(evidence.reliability):
        form = ".1%" if target.kind.is_probability else ",.2f"
        if target.kind.is_probability:
            title = NAMES[target.name]
            description = Words(
                f"{said(title)}: predicted against observed, tenths of customers.",
                f"{said(title, 'zh')}：预测与实际，按十分位。",
            )
            spots = [Spot(row[Measured.predicted], row[Measured.observed]) for row in tenths]
            promised = Words(f"{said(title)}: predicted", f"{said(title, 'zh')}：预测")
            charts.append(Chart(calibration(spots, promised, _OBSERVED, ".0%"), description))
        for row in tenths:
            values = (row[Measured.predicted], row[Measured.observed])
            cells = (*(format(value, form) for value in values), f"{row[Measured.customers]:,}")
            rows.append((NAMES[target.name], *cells))
    numeric = (_PROMISED, _OBSERVED, _CUSTOMERS)
    text = Words(
        "Ten groups of equally many customers by prediction, of past days that were not known. On the line, what is "
        "predicted is what happens.",
        "按预测把顾客分成十个等量组，均为未见过的过去日期。落在线上表示预测与实际一致。",
    )
    heading = Words("Can the figures be believed?", "预测可信吗？")
    columns = (_TARGET, *numeric)
    yield Section(heading, text, columns, tuple(rows), frozenset(numeric), charts=tuple(charts), name="calibration")


def gains_section(evidence: Evidence) -> Iterator[Section]:
    """Whom one reaches by taking those predicted highest first."""
    if not evidence.gains:
        return
    found = dict(_by_target(evidence.gains))
    chances = {target: rows for target, rows in found.items() if target.kind.is_probability}
    amounts = {target: rows for target, rows in found.items() if not target.kind.is_probability}
    charts = [chart for each in (chances, amounts) if each for chart in (_gains(each), _lift(each))]
    rows = []
    for target, points in found.items():
        held = {row[Measured.share]: row[Measured.held] for row in points}
        rows.append(
            (NAMES[target.name], *(f"{held[share]:.0%} ({held[share] / share:.1f} ×)" for share in _SHOWN if held))
        )
    numeric = tuple(Words(f"First {share:.0%}", f"前 {share:.0%}") for share in _SHOWN)
    text = Words(
        "Of customers predicted highest first: which share of all buyers, orders, money or lost ones they turned out "
        "to be, and how many times as many as among everybody (lift).",
        "按预测从高到低选取顾客：他们实际占全部购买者、订单、金额或流失者的比例，以及相对全体的倍数（提升度）。",
    )
    heading = Words("Whom the first ones are", "排在最前的是谁")
    yield Section(
        heading, text, (_TARGET, *numeric), tuple(rows), frozenset(numeric), charts=tuple(charts), name="gains"
    )


def _gains(found: Mapping[Target, Sequence[Row]]) -> Chart:
    spots = [
        Spot(row[Measured.share], row[Measured.held], group=NAMES[target.name])
        for target, rows in found.items()
        for row in rows
    ]
    y = Words("Share of the outcome", "占结果的比例")
    description = Words(
        "Share of the outcome that customers predicted highest hold.", "按预测从高到低的顾客所占结果的比例。"
    )
    return Chart(curves(spots, _SHARE, y, ".0%", (Spot(0, 0), Spot(1, 1))), description)


def _lift(found: Mapping[Target, Sequence[Row]]) -> Chart:
    spots = [
        Spot(row[Measured.share], row[Measured.held] / row[Measured.share], group=NAMES[target.name])
        for target, rows in found.items()
        for row in rows
        if row[Measured.share] > 0
    ]
    description = Words(
        "Lift over everybody of the customers predicted highest.", "按预测从高到低的顾客相对全体的提升度。"
    )
    lift = Words("Times the mean", "相对均值的倍数")
    return Chart(curves(spots, _SHARE, lift, "~s", (Spot(0, 1), Spot(1, 1))), description)


_SHARE: Final = Words("Share of customers, highest first", "顾客比例（由高到低）")


def _contender(row: Row, evidence: Evidence) -> tuple[Cell, ...]:
    target, name = _BY_NAME[row[Measured.target]], row[Measured.contender]
    serves = evidence.why[target.name][0] == name
    behind = "–"
    if row.get(Measured.behind) is not None:
        ends = (row[Measured.behind], row[Measured.behind_low], row[Measured.behind_high])
        mean, low, high = (format(end, "+.4f" if target.kind.is_probability else "+.2f") for end in ends)
        behind = f"{mean} [{low}, {high}]"
    figures = ((Measured.auc, ".3f"), (Measured.calibration_error, ".4f"), (Measured.bias, "+.1%"))
    state: Cell = Mark(Words("serves", "使用中"), "good") if serves else ""
    shown = (*_each(row, figures), *_each(row, ((Measured.cpu_seconds, ".1f"),)))
    return (NAMES[target.name], called(CONTENDERS, name), state, _loss(target, row), behind, *shown)


def _loss(target: Target, row: Row) -> str:
    name, form = (Measured.brier, ".4f") if target.kind.is_probability else (Measured.mae, ",.2f")
    return _each(row, ((name, form),))[0]


def _each(row: Row, forms: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple("–" if row.get(name) is None else format(row[name], form) for name, form in forms)


def _by_target(rows: Sequence[Row]) -> list[tuple[Target, list[Row]]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[Measured.target]].append(row)
    return [(target, found[target.name]) for target in TARGETS if target.name in found]


def nothing_judged() -> Text:
    """Where a training could judge no past day yet."""
    return Words(
        "The shop is young: no past day can be judged yet, so the last 90 days go on.",
        "商店尚年轻：还没有可评估的过去日期，沿用过去 90 天。",
    )
