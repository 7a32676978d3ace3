"""Makes a passport: ``passport(settings, version, user, item, placement)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl

from ml.errors import NotPublished
from ml.placements import Placement
from ml.publish.store import Version
from ml.recommend.code import recommend_revision
from ml.recommend.core.base import FILL
from ml.recommend.core.explanation import Explanation
from ml.recommend.core.latest import Latest
from ml.recommend.passport.chain import chain_of, references_of
from ml.recommend.passport.evidence import evidence_of, names_of
from ml.recommend.passport.passport import Passport, Place, Reference, Row, Ruled
from ml.recommend.passport.published_day import PublishedDay
from ml.recommend.passport.ranked import Ranked
from ml.recommend.passport.steps import fallen
from ml.recommend.rules.rerank import BY_RULE
from ml.settings import Settings
from ml.tables import Col
from ml.words import Text, Words

_COMPARED: Final = (
    *(Col.item_id, Col.rank, Col.score, Col.candidate_source),
    *(Col.rank_before_rules, Col.propensity, Col.rules_applied),
)
_LATEST: Final = Latest[tuple[PublishedDay, tuple[Reference, ...]]]()
"""The day that was asked for last: what its shoppers share is read, and its recommenders are loaded, once."""


def passport(settings: Settings, version: Version, user_id: str, item_id: str, placement: str = "") -> Passport:
    """Where an item on a shopper's shelf comes from, or at which step it fell out.

    Args:
        placement: the shelf; empty: those with the item, or all where it is on none.

    Raises:
        NotPublished: the version has no such shopper, or no such shelf.
    """
    day, shared = _LATEST.of((settings.home, version.id), lambda: _read(settings, version))
    rows = day.shelves(user_id)
    _require(day, user_id, rows, placement)
    asked = [placement] if placement else _shelves_with(rows, item_id) or list(day.policies)
    places = tuple(_place(day, name, user_id, item_id, rows.filter(pl.col(Col.placement) == name)) for name in asked)
    spoken = [item for place in places if place.row for item in place.row.evidence_item_ids if item != item_id]
    evidence = evidence_of(day, user_id, item_id, dict.fromkeys(spoken))
    terms = [term.item_id for place in places for term in _terms(place) if term.item_id]
    names = names_of(day, [item_id, *spoken, *terms, *(each.item_id for each in evidence.related)])
    here = rows.filter(pl.col(Col.item_id) == item_id)
    return Passport(
        version.id,
        version.as_of,
        user_id,
        item_id,
        names.get(item_id) or str(here[Col.item_name].first() or ""),
        places,
        evidence,
        chain_of(day, shared, {each.day for each in evidence.purchases}),
        names,
        tuple(_notes(day, places)),
    )


def _read(settings: Settings, version: Version) -> tuple[PublishedDay, tuple[Reference, ...]]:
    day = PublishedDay(settings, version)
    day.scoring  # noqa: B018  -- a model is downloaded before the chain says where it lies
    return day, references_of(day)


def _require(day: PublishedDay, user_id: str, rows: pl.DataFrame, placement: str) -> None:
    if placement and placement not in day.policies:
        raise NotPublished(
            f"placement {placement}",
            expected=f"one of {', '.join(day.policies)}",
            found="no such shelf",
            remedy="Check the spelling",
        )
    if rows.is_empty() and not day.knows_shopper(user_id):
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"a shelf as of {day.version.as_of}",
            found="none",
            remedy="Look the shopper up in the table recommendation",
        )


def _shelves_with(rows: pl.DataFrame, item_id: str) -> list[str]:
    return rows.filter(pl.col(Col.item_id) == item_id)[Col.placement].unique(maintain_order=True).to_list()


def _place(day: PublishedDay, name: str, user_id: str, item_id: str, rows: pl.DataFrame) -> Place:
    recipe, objective = day.policies[name][Col.recipe], day.policies[name][Col.objective]
    ranked = _ranked(day, name, user_id)
    is_same = _is_same(ranked.rows, rows) if ranked else None
    here = rows.filter(pl.col(Col.item_id) == item_id)
    if len(here):
        row = here.row(0, named=True)
        explanation = _explained(ranked, item_id, row[Col.candidate_source]) if ranked else None
        rules = tuple(_ruled(day, row[Col.rules_applied]))
        return Place(name, recipe, objective, "shown", _row(row), None, None, rules, explanation, is_same)
    if ranked is None:
        return Place(name, recipe, objective, "unknown")
    found = fallen(ranked, item_id)
    rules = tuple(_ruled(day, found.rules))
    return Place(name, recipe, objective, found.step, None, found.rank, found.most, rules, found.explanation, is_same)


def _ranked(day: PublishedDay, name: str, user_id: str) -> Ranked | None:
    if day.scoring is None or not day.knows_shopper(user_id):
        return None
    found: Placement | None = next(
        (each for each in day.scoring.effective.policy.placements if each.name == name), None
    )
    return Ranked(day.scoring, found, user_id) if found else None


def _explained(ranked: Ranked, item_id: str, source: str) -> Explanation | None:
    """What the recommender says of a row; no terms where its score is not the recommender's.

    None for a row of which it was not asked.
    """
    ranked.rows  # noqa: B018  -- asks
    if item_id not in ranked.whole.items.vocabulary.ids:
        return None
    found = ranked.explain(item_id)
    if found is None:
        return None
    is_fill = source == FILL and found.step != "ranked" and ranked.observed.recommender.name != FILL
    return replace(found, terms=None) if is_fill or source == BY_RULE else found


def _is_same(ranked: pl.DataFrame, published: pl.DataFrame) -> bool:
    return ranked.select(_COMPARED).sort(Col.rank).equals(published.select(_COMPARED).sort(Col.rank))


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        row[Col.recommendation_id],
        row[Col.rank],
        row[Col.score],
        row[Col.candidate_source],
        row[Col.rank_before_rules],
        row[Col.propensity],
        row[Col.reason_code],
        row[Col.reason_text],
        tuple(row[Col.evidence_item_ids]),
    )


def _ruled(day: PublishedDay, rule_ids: Iterable[str]) -> Iterator[Ruled]:
    told: Any = day.manifest.policy.get("rules", [])
    in_force = {rule[Col.rule_id]: rule for rule in told}
    for rule_id in rule_ids:
        terms = in_force.get(rule_id, {})
        yield Ruled(rule_id, {name: value for name, value in terms.items() if name != Col.rule_id})


def _terms(place: Place) -> Iterable[Any]:
    return place.explanation.terms.terms if place.explanation and place.explanation.terms else ()


def _notes(day: PublishedDay, places: Iterable[Place]) -> Iterator[Text]:
    if day.obstacle:
        yield day.obstacle
    if not (differing := [place.placement for place in places if place.is_same is False]):
        return
    names, then, now = ", ".join(differing), day.manifest.code_revision, recommend_revision()
    yield Words(
        f"Ranked again, {names} is not what was published: what is told of the ranking is of now, not of then.",
        f"重新排序后，{names} 与已发布的不同：关于排序的说明属于现在，而非当时。",
    )
    if then != now:
        yield Words(
            f"The day was published by the code {then}; this is {now}.", f"当日由代码 {then} 发布；现在是 {now}。"
        )
