"""Makes the passport of a prediction: ``passport(settings, version, user, target)``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ml.errors import NotPublished, ShelduckError
from ml.predictions.code import predictions_revision
from ml.predictions.columns import Measured, Prediction
from ml.predictions.contenders.base import Terms
from ml.predictions.evidence import Evidence
from ml.predictions.forecast import Predictor
from ml.predictions.model import MODEL
from ml.predictions.passport.passport import Arrived, Passport, Reference, Tenth
from ml.predictions.passport.published import PublishedDay
from ml.predictions.targets import TARGETS, Target, horizon
from ml.publish.store import Version
from ml.registry.ledger import Promotion
from ml.registry.links import DAG_RUN
from ml.registry.versions import ModelVersion
from ml.settings import Settings
from ml.words import Text, Words

COLUMNS: Final = tuple(target.name for target in TARGETS)
"""The columns of ``customer_prediction`` that have a passport."""
_SAME: Final = 2e-6
_ENDS: Final = {
    Prediction.spend_28d: (Prediction.spend_28d_low, Prediction.spend_28d_high),
    Prediction.spend_90d: (Prediction.spend_90d_low, Prediction.spend_90d_high),
}

MOVED: Final = Words(
    "The contender's figure was moved so that the customer's agree with each other (docs/predictions.md).",
    "方法给出的数值经过调整，使该顾客的各项指标互不矛盾（见 docs/predictions.md）。",
)


@dataclass(frozen=True)
class _Again:
    """A customer predicted again."""

    days: float
    by_contender: float
    value: float
    terms: Terms


def passport(settings: Settings, version: Version, user_id: str, column: str) -> Passport:
    """What one published figure of a customer rests on.

    Args:
        column: one that is predicted, such as ``churn_probability``.

    Raises:
        NotPublished: no such column is predicted, or the version has no such customer.
    """
    target, day = _target(column), PublishedDay(settings, version)
    row = day.row(user_id)
    again = _again(day, user_id, target)
    low, high = (row[name] for name in _ENDS[target.name]) if target.name in _ENDS else (None, None)
    value = float(row[target.name])
    is_same = math.isclose(again.value, value, abs_tol=_SAME) if isinstance(again, _Again) else None
    recipes: Any = day.manifest.policy["recipes"]
    told = again if isinstance(again, _Again) else None
    return Passport(
        version.id,
        version.as_of,
        user_id,
        target.name,
        value,
        low,
        high,
        recipes[target.name],
        told.days if told else None,
        told.by_contender if told else None,
        is_same,
        told.terms if told else None,
        _tenth(day, target, value),
        tuple(_references(day, target)),
        tuple(_landing(day)),
        tuple(_notes(day, again, is_same=is_same)),
    )


def _target(column: str) -> Target:
    found = next((target for target in TARGETS if target.name == column), None)
    if found is None:
        raise NotPublished(
            f"prediction {column}",
            expected=f"one of {', '.join(COLUMNS)}",
            found="no such prediction",
            remedy="Check the spelling",
        )
    return found


def _again(day: PublishedDay, user_id: str, target: Target) -> _Again | Words:
    """The customer predicted again, or why not."""
    customer, predictor = day.customer(user_id), day.predictor
    if customer is None or not len(customer):
        return Words(
            f"The day's snapshot is not kept any more: to have it, run shelduck run --as-of {day.version.as_of} "
            "--capability predictions",
            f"当日快照已不再保留：可运行 shelduck run --as-of {day.version.as_of} --capability predictions",
        )
    if not isinstance(predictor, Predictor):
        return Words(f"The model cannot be asked: {predictor}", f"无法询问模型：{predictor}")
    ahead, fitted = horizon(target, customer, day.churn), predictor.fitted[target.name]
    rows = predictor.rows(customer, day.churn, "")
    plain = float(fitted.predict(customer, ahead)[0])
    return _Again(float(ahead[0]), plain, float(rows[target.name][0]), fitted.terms(customer, ahead))


def _tenth(day: PublishedDay, target: Target, value: float) -> Tenth | None:
    """The tenth of past customers in which the value lies, or which is nearest."""
    judged = day.evidence.reliability if isinstance(day.evidence, Evidence) else ()
    rows = [row for row in judged if row[Measured.target] == target.name]
    if not rows:
        return None
    near = min(rows, key=lambda row: max(row[Measured.lowest] - value, value - row[Measured.highest], 0.0))
    ends = (near[Measured.lowest], near[Measured.highest], near[Measured.predicted], near[Measured.observed])
    return Tenth(*ends, near[Measured.customers])


def _references(day: PublishedDay, target: Target) -> Iterator[Reference]:
    told, row = day.manifest, day.promotion
    yield Reference("policy", str(told.policy.get("policy_id", "")))
    yield Reference("version", day.version.id)
    if day.served is None:
        yield Reference("model", "", Words("none: the last 90 days go on (policy 0)", "无：沿用过去 90 天（策略 0）"))
    else:
        since = Words(f"trained as of {row.trained_as_of}", f"训练截至 {row.trained_as_of}") if row else ""
        yield Reference("model", f"{MODEL} version {day.served}", since)
        run = day.trained
        yield Reference("training_run", run.run_id if isinstance(run, ModelVersion) else "", _unknown(run))
    if row and day.served is not None:
        yield Reference("promotion", f"row {row.row}, effective from {row.effective_from}", _decided(row, target))
    yield Reference("dag_run", str(told.provenance.get(DAG_RUN) or ""))
    yield Reference("snapshot", told.slice.rpartition("/")[2], f"inputs {told.inputs_hash[:16]}")
    yield Reference("code", told.code_revision)


def _decided(row: Promotion, target: Target) -> str:
    """Who promoted, and what spoke for the contender of this target."""
    why = [reason for reason in row.why.split("; ") if reason.startswith(f"{target.name}: ")]
    return "; ".join([row.who, *why])


def _unknown(run: ModelVersion | ShelduckError | None) -> Text:
    return str(run) if isinstance(run, ShelduckError) else ""


def _landing(day: PublishedDay) -> Iterator[Arrived]:
    inputs = sorted(day.manifest.inputs, key=lambda each: (each.table, each.arrival_date))
    for table in dict.fromkeys(each.table for each in inputs):
        own = [each for each in inputs if each.table == table]
        rows, last = sum(each.rows for each in own), own[-1]
        yield Arrived(table, own[0].arrival_date, last.arrival_date, len(own), rows, last.content_hash)


def _notes(day: PublishedDay, again: _Again | Words, *, is_same: bool | None) -> Iterator[Text]:
    if isinstance(day.evidence, ShelduckError):
        yield Words(
            f"How predictions of this size held cannot be told: {day.evidence}",
            f"无法说明这一水平的预测以往是否准确：{day.evidence}",
        )
    if isinstance(again, Words):
        yield again
        return
    if is_same is False:
        yield Words(
            "Predicted again, the figure is another one: what is told of its parts is of now, not of then.",
            "重新预测得到不同的数值：关于组成部分的说明属于现在，而非当时。",
        )
        then, now = day.manifest.code_revision, predictions_revision()
        if then != now:
            yield Words(
                f"The day was published by the code {then}; this is {now}.",
                f"当日由代码 {then} 发布；现在是 {now}。",
            )
    elif not math.isclose(again.by_contender, again.value, abs_tol=_SAME):
        yield MOVED
