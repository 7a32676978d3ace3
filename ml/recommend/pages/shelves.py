"""The page Shelves: what stands on them, who gets what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from ml.charts.kinds import Bar, bars
from ml.documents import Chart, Figure, Link, Page, Section
from ml.recommend.pages.addresses import product_address
from ml.recommend.pages.mentioned import Mentioned
from ml.recommend.pages.products import product_look_up, shown_relations
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.shoppers import recent_purchases, shopper_look_up
from ml.recommend.pages.words import COLUMNS, PLACEMENTS, REASONS, RECIPES, SOURCES, called
from ml.tables import Col
from ml.words import Text, Words

_MOST: Final = 20
"""Products that are listed as the most shown."""
_STEPS: Final = ((10, Words("The 10 most shown", "展示最多的 10 个")), (100, Words("The next 90", "其后 90 个")))
_REST: Final = Words("All others", "其余")
_SHARE: Final = Words("Share of the places", "占全部位置的比例")
_SHELVES, _ITEMS, _PLACES, _FIRST, _PEOPLE = "shelves", "items", "places", "first", "people"


def shelves_page(day: PublishedShelves) -> Page:
    """See the module."""
    return Page(
        "shelves",
        Words("Shelves", "货架"),
        Words(
            "What is recommended to whom, and why: figures of the whole shop, and the shelf of every shopper.",
            "向谁推荐什么、为什么：全店指标，以及每位顾客的货架。",
        ),
        tuple(_Shelves(day).sections()),
    )


@dataclass(frozen=True, eq=False)
class _Shelves:
    day: PublishedShelves

    @property
    def rows(self) -> pl.DataFrame:
        """The rows of the shelves."""
        return self.day.shelves

    @cached_property
    def shown(self) -> pl.DataFrame:
        """By item: places that it fills, first places, shoppers who get it; the most shown first."""
        told = self.rows.group_by(Col.item_id).agg(
            pl.len().alias(_PLACES),
            (pl.col(Col.rank) == 1).sum().alias(_FIRST),
            pl.col(Col.user_id).n_unique().alias(_PEOPLE),
            pl.col(Col.item_name).first(),
        )
        return told.sort(_PLACES, Col.item_id, descending=[True, False])

    def sections(self) -> Iterator[Section]:
        """In the order in which a person asks."""
        yield self._published()
        yield self._find()
        yield self._shares(Col.candidate_source, SOURCES, Words("What proposed the products", "商品由什么提出"))
        yield self._shares(Col.reason_code, REASONS, Words("The reasons given", "给出的理由"))
        yield self._concentration()
        yield self._most_shown()

    def _published(self) -> Section:
        told = self.rows.group_by(Col.placement).agg(
            pl.col(Col.user_id).n_unique().alias(_PEOPLE), pl.len(), pl.col(Col.item_id).n_unique()
        )
        policy = self.day.manifest.policy.get("recipes")
        recipes = policy if isinstance(policy, dict) else {}
        rows = tuple(
            (
                called(PLACEMENTS, placement),
                Link(called(RECIPES, str(recipes.get(placement, "–"))), self.day.comparison),
                *(f"{people:,}", f"{places / people:.1f}", f"{items:,}"),
            )
            for placement, people, places, items in self.day.in_order(told).iter_rows()
        )
        numeric = (
            Words("Shoppers", "顾客数"),
            Words("Products each", "平均商品数"),
            Words("Different products", "不同商品数"),
        )
        columns = (COLUMNS[Col.placement], COLUMNS[Col.recipe], *numeric)
        heading = Words("What was published", "已发布的内容")
        return Section(heading, "", columns, rows, frozenset(numeric), figures=tuple(self._figures()), name="published")

    def _figures(self) -> Iterator[Figure]:
        lists, people = self.rows.select(Col.placement, Col.user_id).n_unique(), len(self.day.shoppers)
        yield Figure(
            Words("Shelves", "货架数"),
            f"{lists:,}",
            Words(f"of {people:,} shoppers, {len(self.rows):,} rows", f"{people:,} 位顾客，共 {len(self.rows):,} 行"),
            "data.html",
        )
        items = len(self.shown)
        if Col.is_recommendable in self.day.catalogue.columns:
            there = int(self.day.catalogue[Col.is_recommendable].sum())
            note = Words(
                f"{items:,} of {there:,} products that may be shown", f"可展示的 {there:,} 个商品中的 {items:,} 个"
            )
            yield Figure(Words("Products shown", "被展示的商品"), f"{items / max(there, 1):.1%}", note, "#most-shown")
        most = self.shown[_PLACES].head(_STEPS[0][0]).sum() / len(self.rows)
        note = Words("of all places go to the 10 most shown products", "的位置由展示最多的 10 个商品占据")
        yield Figure(Words("Share of the most popular", "热门商品占比"), f"{most:.1%}", note, "#concentration")
        known = self.rows.select((pl.col(Col.reason_code) == "bought_before").mean()).item()
        note = Words("of all places hold something that the shopper bought before", "的位置是顾客以前买过的商品")
        yield Figure(Words("Bought before", "以前买过"), f"{known:.1%}", note, f"#{Col.reason_code}")

    def _find(self) -> Section:
        mentioned = Mentioned(self.day, recent_purchases(self.day), shown_relations(self.day))
        return Section(
            Words("Look one up", "查询"),
            Words(
                "A shopper's shelves, with the evidence for each row and where it comes from; or a product, with what "
                "is like it and who gets it.",
                "查看某位顾客的货架、每一行的依据与来源；或查看某个商品的相似商品以及谁会看到它。",
            ),
            name="find",
            look_ups=(shopper_look_up(self.day, mentioned), product_look_up(self.day, mentioned)),
        )

    def _shares(self, by: str, words: Mapping[str, Text], heading: Words) -> Section:
        """A bar per placement, with the share of each value of a column."""
        counted = self.rows.group_by(Col.placement, by).len().sort("len", by, descending=[True, False])
        whole = dict(self.rows.group_by(Col.placement).len().iter_rows())
        found = [
            (called(PLACEMENTS, placement), called(words, value or "–"), count, _part(count, whole[placement]))
            for placement, value, count in self.day.in_order(counted).iter_rows()
        ]
        description = Words(
            f"{heading.en}: shares of the places, shelf by shelf.", f"{heading.zh}：各货架中所占位置的比例。"
        )
        chart = bars([Bar(placement, share, value) for placement, value, _, share in found], _SHARE, ".0%")
        rows = tuple((placement, value, f"{count:,}", f"{share:.1%}") for placement, value, count, share in found)
        numeric = (Words("Places", "位置数"), _SHARE)
        columns = (COLUMNS[Col.placement], COLUMNS[by], *numeric)
        return Section(
            heading, "", columns, rows, frozenset(numeric), charts=(Chart(chart, description),), name=by, folded=True
        )

    def _concentration(self) -> Section:
        """How many places the most shown products fill, shelf by shelf."""
        found = []
        for placement in self.day.placements:
            own = self.rows.filter(pl.col(Col.placement) == placement)
            counts = own.group_by(Col.item_id).len()["len"].sort(descending=True)
            start = 0
            for upto, name in (*_STEPS, (len(counts), _REST)):
                found.append((called(PLACEMENTS, placement), name, _part(float(counts[start:upto].sum()), len(own))))
                start = upto
        chart = bars([Bar(placement, share, name) for placement, name, share in found], _SHARE, ".0%")
        heading = Words("How much the most shown products take", "展示最多的商品占多少位置")
        description = Words(
            "Shares of the places of each shelf that its most shown products fill.",
            "各货架中展示最多的商品所占位置的比例。",
        )
        columns = (COLUMNS[Col.placement], Words("Products", "商品"), _SHARE)
        rows = tuple((placement, name, f"{share:.1%}") for placement, name, share in found)
        return Section(
            heading, "", columns, rows, frozenset([_SHARE]), charts=(Chart(chart, description),), name="concentration"
        )

    def _most_shown(self) -> Section:
        people = max(len(self.day.shoppers), 1)
        numeric = (
            Words("Shoppers", "顾客数"),
            Words("Share of shoppers", "占顾客比例"),
            Words("In first place", "排第一"),
        )
        rows = tuple(
            (
                Link(row[Col.item_name] or row[Col.item_id], product_address(row[Col.item_id])),
                *(f"{row[_PEOPLE]:,}", f"{row[_PEOPLE] / people:.1%}", f"{row[_FIRST]:,}"),
            )
            for row in self.shown.head(_MOST).iter_rows(named=True)
        )
        heading = Words("The products shown most", "展示最多的商品")
        return Section(heading, "", (COLUMNS[Col.item_id], *numeric), rows, frozenset(numeric), name="most-shown")


def _part(count: float, whole: int) -> float:
    """A share, rounded down: shares of a whole never add up to more than it, which would lengthen an axis."""
    return int(1e6 * count / whole) / 1e6
