"""What a passport holds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from ml.recommend.core.explanation import Explanation
from ml.recommend.passport.words import Step
from ml.words import Text


@dataclass(frozen=True)
class Ruled:
    """A rule that touched the row, or kept the item away.

    Attributes:
        rule_id: its id.
        terms: what it says, by column of the rule table.
    """

    rule_id: str
    terms: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Row:
    """A row as it was published; see the table ``recommendation``."""

    recommendation_id: str
    rank: int
    score: float
    candidate_source: str
    rank_before_rules: int | None
    propensity: float
    reason_code: str
    reason_text: str
    evidence_item_ids: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """An item on one shelf of the shopper.

    Attributes:
        recipe: the recommender that served the shelf.
        objective: what the shelf was ranked for.
        row: what was published; None where the item is not on the shelf.
        step: how far the item came: ``shown``, or where it fell out.
        rank: in that step, from 1.
        most: so many pass it.
        rules: those that touched it, or that kept it away.
        explanation: what the recommender says of it now; None where it was not asked.
        is_same: whether the shelf, ranked again, is the published one; None where it was not.
    """

    placement: str
    recipe: str
    objective: str
    step: Step
    row: Row | None = None
    rank: int | None = None
    most: int | None = None
    rules: tuple[Ruled, ...] = ()
    explanation: Explanation | None = None
    is_same: bool | None = None


@dataclass(frozen=True)
class Purchase:
    """A day on which the shopper bought the item, or one that is evidence for it."""

    item_id: str
    item_name: str
    day: date
    purchases: int


@dataclass(frozen=True)
class Related:
    """An item that the shopper bought and that is on a published list of the passport's item.

    ``support`` and ``lift`` are None on a list by texts.
    """

    relation: str
    item_id: str
    item_name: str
    rank: int
    support: int | None
    lift: float | None


@dataclass(frozen=True)
class Evidence:
    """What is known of shopper and item.

    Attributes:
        is_promoted: whether a landed promotion names the item for the coming week; None where that is unknown.
        promotion_rules: the rules in force that promote what is on promotion.
    """

    purchases: tuple[Purchase, ...] = ()
    related: tuple[Related, ...] = ()
    is_promoted: bool | None = None
    promotion_rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A link of the chain.

    Attributes:
        name: what it is: policy, version, model, training run, promotion, DAG run, snapshot, code.
        value: its id; empty where there is none, then ``note`` says why.
        path: where it lies, relative to the data home; empty where it is no file, or none any more.
        page: its page, relative to the address of ``service``.
        service: ``airflow`` or ``mlflow``, for a page.
        note: what else there is to know.
    """

    name: str
    value: str = ""
    path: str = ""
    page: str = ""
    service: str = ""
    note: Text = ""


@dataclass(frozen=True)
class Partition:
    """A landing partition that the day was computed from.

    Attributes:
        path: relative to the landing folder's parent in the data home, or to the landing folder that is set.
        content_hash: SHA-256 over its file names and their hashes, as it was when it was loaded.
        rows: of it that count.
        is_there: whether the folder is there now.
        files: by path their SHA-256 now, of the partitions of the days on which evidence happened.
    """

    path: str
    table: str
    arrival_date: date
    content_hash: str
    rows: int
    is_there: bool
    files: Mapping[str, str]


@dataclass(frozen=True)
class Chain:
    """From the row back to the landing files."""

    references: tuple[Reference, ...]
    landing: tuple[Partition, ...]


@dataclass(frozen=True)
class Passport:
    """See ``ml.recommend.passport``.

    Attributes:
        version: the published version's id.
        names: by item id, of the items that it speaks of.
        places: the shelves that were asked for, or those with the item, or all where it is on none.
        notes: what could not be told, and how to have it.
    """

    version: str
    as_of_date: date
    user_id: str
    item_id: str
    item_name: str
    places: tuple[Place, ...]
    evidence: Evidence
    chain: Chain
    names: Mapping[str, str]
    notes: tuple[Text, ...] = ()
