"""The page Shopper: what every capability knows of a shopper, as one record."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ml.documents import Field, LookUp, Page, Part, ShopperParts
from ml.pages.site.shopper import page


def parts(key: str, known: dict[str, dict[str, object]]) -> ShopperParts:
    """A part ``key`` of those who are known."""

    def found(ids: Sequence[str]) -> list[tuple[str, str]]:
        return [(each, json.dumps(known[each])) for each in ids if each in known]

    return ShopperParts((Part(key, key, (Field("n", "n"),)),), [*known], found)


def look_up_of(made: Page) -> LookUp:
    (section,) = made.sections
    (look_up,) = section.look_ups
    return look_up


def test_what_was_concluded_stands_above_what_it_was_concluded_from() -> None:
    look_up = look_up_of(page([parts("shelves", {}), parts("audiences", {})]))
    assert [part.key for part in look_up.parts] == ["audiences", "shelves"]


def test_whoever_one_capability_knows_is_found_with_what_each_says() -> None:
    first = parts("shelves", {"1": {"shelves": {"n": [1]}}, "2": {"shelves": None}})
    second = parts("audiences", {"3": {"audiences": {"n": ['"}']}}, "1": {"audiences": {"n": [7]}}})
    look_up = look_up_of(page([first, second]))
    assert look_up.ids == ["1", "2", "3"]
    told = {each: json.loads(body) for each, body in look_up.records(["3", "1", "2"])}
    assert told == {
        "1": {"audiences": {"n": [7]}, "shelves": {"n": [1]}},
        "2": {"shelves": None},
        "3": {"audiences": {"n": ['"}']}},
    }
