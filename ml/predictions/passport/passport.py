"""What the passport of a prediction holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ml.predictions.contenders.base import Terms
from ml.words import Text


@dataclass(frozen=True)
class Tenth:
    """Customers of past days who were predicted alike: a tenth of all.

    Attributes:
        lowest, highest: predictions of the group.
        predicted, observed: on average.
    """

    lowest: float
    highest: float
    predicted: float
    observed: float
    customers: int


@dataclass(frozen=True)
class Reference:
    """A link from the row back to where it comes from.

    Attributes:
        name: policy, version, model, training_run, promotion, dag_run, snapshot, code.
        value: its id; empty where there is none.
        note: what else there is to know.
    """

    name: str
    value: str
    note: Text = ""


@dataclass(frozen=True)
class Arrived:
    """Landing partitions of one table that had arrived by the day."""

    table: str
    first: date
    last: date
    partitions: int
    rows: int
    last_hash: str


@dataclass(frozen=True)
class Passport:
    """See ``ml.predictions.passport``.

    Attributes:
        target: the column of ``customer_prediction``.
        value: as it was published; ``low`` and ``high`` are the ends of its 80 % interval where it has one.
        contender: what predicts the target.
        days: how far ahead is looked.
        by_contender: what the contender said before figures were made to agree; None where it could not be asked.
        is_same: whether the published value comes out again; None where it could not be computed.
        tenth: how predictions of this size held; None where nothing was judged.
    """

    version: str
    as_of_date: date
    user_id: str
    target: str
    value: float
    low: float | None
    high: float | None
    contender: str
    days: float | None
    by_contender: float | None
    is_same: bool | None
    terms: Terms | None
    tenth: Tenth | None
    references: tuple[Reference, ...]
    landing: tuple[Arrived, ...]
    notes: tuple[Text, ...] = ()
