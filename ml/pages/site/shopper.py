"""The page Shopper: everything that is known of one shopper, by whichever capability knows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ml.documents import LookUp, Names, Page, Section, ShopperParts
from ml.words import Words

SHOPPER: Final = "customer"
"""The look-up of the page."""


def page(of_capabilities: Sequence[ShopperParts]) -> Page:
    """What they show, the last capability's first: what was concluded stands above what it was concluded from."""
    shown = of_capabilities[::-1]
    look_up = LookUp(
        name=SHOPPER,
        label=Words("Find a shopper", "查找顾客"),
        title=Words("Shopper {id}", "顾客 {id}"),
        hint=Words(
            "The whole id, as the shop writes it; {number} shoppers are known.",
            "请输入完整的顾客编号；共有 {number} 位顾客。",
        ),
        missing=Words("No shopper of this id is known on this day.", "当天没有该编号的顾客。"),
        parts=tuple(part for each in shown for part in each.parts),
        ids=_ids(shown),
        records=lambda ids: _records(shown, ids),
        names=Names((), ()),
    )
    section = Section(Words("Look one up", "查询"), name="find", look_ups=(look_up,))
    lead = Words(
        "One shopper: segments, tags and audiences with their reasons, predictions, profile, purchases and shelves.",
        "一位顾客的全貌：分群、标签与人群及其理由，以及预测、画像、购买记录和货架。",
    )
    return Page("shopper", Words("Shopper", "顾客"), lead, (section,))


def _ids(shown: Sequence[ShopperParts]) -> list[str]:
    """Whoever any of them knows, each once, sorted."""
    return sorted({each for parts in shown for each in parts.ids})


def _records(shown: Sequence[ShopperParts], ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The JSON objects of all of them as one: their keys differ."""
    bodies = [dict(parts.records(ids)) for parts in shown]
    for each in ids:
        found = [body[each][1:-1] for body in bodies if each in body]
        yield each, f"{{{','.join(filter(None, found))}}}"
