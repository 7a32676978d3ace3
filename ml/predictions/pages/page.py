"""The page Predictions: what customers will probably do next, who says so, and how far it held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.churn import Churn
from ml.documents import Cell, Figure, Link, Mark, Page, Section
from ml.errors import ShelduckError
from ml.predictions.capability import PREDICTIONS
from ml.predictions.columns import Prediction
from ml.predictions.outputs import CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER
from ml.predictions.pages.changed import COMPARED, changed
from ml.predictions.pages.distributions import at_a_glance, distributions
from ml.predictions.pages.quality import (
    calibration_section,
    contenders_section,
    gains_section,
    nothing_judged,
    reasons_section,
    served_section,
)
from ml.predictions.pages.trained import Trained
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.registry.client import may_have_models
from ml.registry.reached import reached
from ml.registry.versions import ModelVersion
from ml.settings import Settings
from ml.words import Words

_TITLE: Final = Words("Predictions", "预测")
_LEAD: Final = Words(
    "What customers will probably do next, what predicts it, and how far that held on days that it had not seen.",
    "顾客接下来可能做什么、由谁预测，以及在未见过的日期上有多准。",
)


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Predictions.

    Raises:
        NotPublished: the version cannot be read.
    """
    yield Page("predictions", _TITLE, _LEAD, tuple(_sections(settings, version)))


def _sections(settings: Settings, version: Version) -> Iterator[Section]:
    told = manifest(settings, PREDICTIONS, version.id)
    table = read_table(settings, PREDICTIONS, CUSTOMER_PREDICTION.name, version.id)
    if table.is_empty():
        yield _withheld(told)
    else:
        yield at_a_glance(table, _served(told))
        yield distributions(table)
        yield from changed(_week_before(settings, version, told), table)
    yield from _model(settings, version, told)
    yield _caveats(told)


def _week_before(settings: Settings, version: Version, told: Manifest) -> pl.DataFrame:
    """What the day's model says of customers as known a week before; empty in versions without such a table."""
    if CUSTOMER_PREDICTION_EARLIER.name not in told.tables:
        return CUSTOMER_PREDICTION_EARLIER.empty()
    week = pl.col(Prediction.days_before) == COMPARED
    return read_table(settings, PREDICTIONS, CUSTOMER_PREDICTION_EARLIER.name, version.id, week)


def _withheld(told: Manifest) -> Section:
    why = str(told.counts.get("withheld") or "")
    text = Words(
        f"No customer has a prediction: {why or 'nobody has bought anything yet'}.",
        f"没有顾客获得预测：{why or '尚无人购买'}。",
    )
    return Section(Words("Nothing is predicted", "暂无预测"), text, name="now")


def _served(told: Manifest) -> Figure:
    served = told.policy.get("model_version")
    label = Words("Predicted by", "预测来源")
    if not isinstance(served, int):
        return Figure(label, Words("policy 0", "策略 0"), Words("the last 90 days go on", "沿用过去 90 天"), "#model")
    return Figure(label, Words(f"version {served}", f"第 {served} 版"), Words("of the model", "模型"), "#versions")


def _model(settings: Settings, version: Version, told: Manifest) -> Iterator[Section]:
    """What the registry says, or that it says nothing."""
    if not may_have_models(settings):
        yield _untrained(version)
        return
    served = told.policy.get("model_version")
    try:
        with reached():
            yield from _judged(Trained(settings, version.as_of, served if isinstance(served, int) else None), version)
    except ShelduckError as missing:
        yield Section(Words("The registry does not answer", "模型注册表无响应"), str(missing), name="model")


def _untrained(version: Version) -> Section:
    command = f"`{PREDICTIONS.training_command(version.as_of)}`"
    text = Words(
        f"Nothing was trained yet: the days to come are predicted to be like the last 90 (policy 0). Train: {command}",
        f"尚未训练：预测未来与过去 90 天相同（策略 0）。训练：{command}",
    )
    return Section(Words("No model yet", "尚无模型"), text, name="model")


def _judged(trained: Trained, version: Version) -> Iterator[Section]:
    looked_at = trained.looked_at
    if looked_at is None:
        yield _untrained(version)
        return
    evidence = trained.evidence(looked_at)
    if looked_at.version != trained.served:
        yield _another(trained, looked_at)
    if not evidence.contenders:
        yield Section(Words("What predicts", "由谁预测"), nothing_judged(), name="serving")
    else:
        yield served_section(evidence)
        yield reasons_section(evidence)
    yield from contenders_section(evidence)
    yield from calibration_section(evidence)
    yield from gains_section(evidence)
    yield _versions(trained)


def _another(trained: Trained, shown: ModelVersion) -> Section:
    """Where the version that the page shows is not what predicted the day."""
    row, number, day = trained.promotion(shown), shown.version, shown.trained_as_of
    en, zh = f"version {number}, trained as of {day}", f"第 {number} 版（训练截至 {day}）"
    if row is not None:
        en, zh = f"{en}, which predicts from {row.effective_from} on", f"{zh}，自 {row.effective_from} 起生效"
    if trained.served is None:
        heading = Words("No version predicted this day", "当天没有使用模型版本")
        en = f"The days to come were predicted to be like the last 90 (policy 0). What follows is of {en}."
        return Section(heading, Words(en, f"当天预测未来与过去 90 天相同（策略 0）。以下为{zh}。"), name="model")
    heading = Words(f"Version {trained.served} is not registered any more", f"第 {trained.served} 版已不在注册表中")
    return Section(heading, Words(f"What follows is of {en}.", f"以下为{zh}。"), name="model")


def _versions(trained: Trained) -> Section:
    """The registered versions beside the ledger, the newest first."""
    rows: list[tuple[Cell, ...]] = []
    for version in reversed(trained.versions):
        row = trained.promotion(version)
        role: Cell = Mark(Words("candidate", "候选"), "quiet") if row is None else ""
        if trained.champion is not None and trained.champion.version == version.version:
            role = Mark(Words("decides", "生效中"), "good")
        since: Cell = Words("not promoted", "未上线") if row is None else str(row.effective_from)
        run = Link(version.run_id[:12], trained.address(version))
        rows.append((str(version.version), str(version.trained_as_of), since, role, row.who if row else "–", run))
    columns = (
        *(Words("Version", "版本"), Words("Trained as of", "训练截至"), Words("Predicts from", "生效日")),
        *(Words("Now", "现状"), Words("By", "由谁"), Words("MLflow run", "MLflow 运行")),
    )
    heading = Words("Versions and the promotion ledger", "版本与上线记录")
    return Section(heading, "", columns, tuple(rows), name="versions")


def _caveats(told: Manifest) -> Section:
    churn = Churn.model_validate(told.settings.get("churn") or {})
    churned = Words(
        f"Churn: no purchase within the longer of {churn.days} days and {churn.intervals:g} of the customer's usual "
        f"intervals, at most {churn.at_most} days; each row says in how many.",
        f"流失：在 {churn.days} 天与该顾客 {churn.intervals:g} 个通常间隔之较长者内无购买"
        f"（至多 {churn.at_most} 天）；每行注明天数。",
    )
    rows = tuple((each,) for each in (_YEAR, churned, _ORDERS, _INTERVALS))
    columns = (Words("What the figures mean", "指标含义"),)
    return Section(Words("To know before", "请注意"), "", columns, rows, name="caveats")


_YEAR: Final = Words(
    "Spend in 365 days is extrapolated from 90 by how BG/NBD expects purchases to thin out: no past year verifies it.",
    "365 天内消费由 90 天按 BG/NBD 的购买衰减外推：没有过去一整年可供验证。",
)
_ORDERS: Final = Words(
    "Orders are days with a purchase; several baskets of a day count once.", "订单为有购买的天数；同日多次购物计一次。"
)
_INTERVALS: Final = Words(
    "80 % intervals are made from how far predictions of past days were off; there are none until such were judged.",
    "80% 区间由过去日期的预测误差得出；在评估过去日期之前没有区间。",
)
