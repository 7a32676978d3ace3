"""Which products a campaign is about: those that stand on the lists of most members, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.copy.campaigns.asked import Asked, Step
from ml.copy.campaigns.published import LISTED, Published, Read
from ml.copy.campaigns.records import Record, refused
from ml.copy.campaigns.tables import table_of
from ml.copy.sheets.audience import LEAST_SHOPPERS
from ml.tables import Col
from ml.text.validation.plain_names import is_plain

_ALL: Final = "all"
_SHOWN: Final = 10


@dataclass(frozen=True)
class Candidate:
    """A product that was weighed.

    Attributes:
        members: on whose lists it stands.
        new: of them those whom no product that was chosen before reaches.
        verdict: that it was chosen, or why not.
    """

    item_id: str
    name: str
    members: int
    new: int
    verdict: str


def chosen_products(read: Published, asked: Asked, audience_id: str) -> Record:
    """The products of a plan for an audience, with the alternatives.

    Raises:
        PlanRefused: no product stands on the lists of two members.
    """
    members = read.members.filter(pl.col(Read.audience_id) == audience_id)[Col.user_id]
    lists = read.lists.filter(pl.col(Col.user_id).is_in(members.implode()))
    weighed = named_by_person(lists, asked) if asked.item_ids else weighed_products(lists, asked.products)
    items = [each.item_id for each in weighed if each.verdict.startswith(("chosen", "named"))]
    if not items:
        raise refused(
            asked,
            f"a product on the lists of {LEAST_SHOPPERS} members",
            "none",
            "Name products by item_ids, or another audience",
        )
    reached = lists.filter(pl.col(Col.item_id).is_in(items))[Col.user_id].n_unique()
    bought = _bought(read, [each.item_id for each in weighed])
    return Record(
        step=Step.PRODUCTS,
        summary=f"Products {', '.join(items)}; {reached:,} of {len(members):,} members have one on their list.",
        markdown=_evidence(weighed, bought),
        chosen={"item_ids": items, "reached": reached},
    )


def weighed_products(lists: pl.DataFrame, count: int) -> list[Candidate]:
    """Chosen ones first: each reaches most members whom those before it do not reach; then the next by members."""
    on_lists = lists.sort(Col.item_id, Col.user_id).group_by(Col.item_id, maintain_order=True)
    holders = {item: set(users) for item, users in on_lists.agg(Col.user_id).iter_rows()}
    names = dict(lists.select(Col.item_id, Col.item_name).unique(Col.item_id).iter_rows())
    open_to = {
        item: users for item, users in holders.items() if len(users) >= LEAST_SHOPPERS and is_plain(names[item] or "")
    }
    chosen: dict[str, Candidate] = {}
    reached: set[str] = set()
    while open_to and len(chosen) < count:
        item = min(open_to, key=lambda each: (-len(open_to[each] - reached), -len(open_to[each]), each))
        users, name = open_to[item], names[item]
        new = len(users - reached)
        chosen[item] = Candidate(item, name, len(users), new, f"chosen: {new:,} members more")
        reached |= users
        open_to = {each: held for each, held in open_to.items() if not _same(names[each], name)}
    taken = [each.name for each in chosen.values()]
    rest = sorted((item for item in holders if item not in chosen), key=lambda each: (-len(holders[each]), each))
    others = [_other(item, names[item] or "", (holders[item], reached), taken) for item in rest]
    return [*chosen.values(), *others[: max(_SHOWN - len(chosen), 0)]]


def named_by_person(lists: pl.DataFrame, asked: Asked) -> list[Candidate]:
    """The products that a person named, in their order."""
    names = dict(lists.select(Col.item_id, Col.item_name).unique(Col.item_id).iter_rows())
    counts = dict(lists.group_by(Col.item_id).agg(pl.col(Col.user_id).n_unique()).iter_rows())
    return [
        Candidate(item, names.get(item) or "", counts.get(item, 0), counts.get(item, 0), "named by a person")
        for item in dict.fromkeys(asked.item_ids)
    ]


def _same(name: str, other: str) -> bool:
    """Whether readers could not tell two products apart."""
    return name.casefold().split() == other.casefold().split()


def _other(item: str, name: str, sets: tuple[set[str], set[str]], taken: Sequence[str]) -> Candidate:
    users, reached = sets
    new = len(users - reached)
    if len(users) < LEAST_SHOPPERS:
        why = "on the list of one member alone"
    elif not is_plain(name):
        why = "its name is no plain name"
    elif any(_same(name, each) for each in taken):
        why = "a chosen product is called the same"
    else:
        why = f"reaches {new:,} members whom the chosen ones do not"
    return Candidate(item, name, len(users), new, why)


def _bought(read: Published, items: list[str]) -> dict[str, float]:
    popular = read.popular.filter((pl.col(Read.scope) == _ALL) & pl.col(Col.item_id).is_in(items))
    return dict(popular.select(Col.item_id, Col.score).iter_rows())


def _evidence(weighed: list[Candidate], bought: dict[str, float]) -> str:
    columns = ("product", "name", "members", "new", "buyers in 28 days", "verdict")
    rows = [
        (each.item_id, each.name, f"{each.members:,}", f"{each.new:,}", _count(bought.get(each.item_id)), each.verdict)
        for each in weighed
    ]
    head = f"`members`: on whose list `for_you` it stands among the first {LISTED}; `new`: not reached by those above."
    return f"{head}\n\n{table_of(columns, rows, columns[2:5])}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
