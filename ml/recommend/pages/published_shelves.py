"""A published version as its pages read it: each table once, and what the snapshot still says of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ml.documents import Cell, Link
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.changes.read import snapshot_of
from ml.recommend.outputs import RECOMMENDATION, SIMILAR_ITEM
from ml.recommend.pages.words import COLUMNS, RECIPES, called
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, Slice
from ml.words import Text, Words

_SHELF = (
    *(Col.placement, Col.user_id, Col.rank, Col.item_id, Col.item_name, Col.score, Col.propensity),
    *(Col.candidate_source, Col.rank_before_rules, Col.rules_applied),
    *(Col.reason_code, Col.reason_text, Col.evidence_item_ids),
)


@dataclass(frozen=True, eq=False)
class PublishedShelves:
    """A version of ``recommend`` and where its tables lie."""

    settings: Settings
    version: Version

    @cached_property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return manifest(self.settings, RECOMMEND, self.version.id)

    @cached_property
    def shelves(self) -> pl.DataFrame:
        """``recommendation``, by placement, shopper and rank."""
        return read_table(self.settings, RECOMMEND, RECOMMENDATION.name, self.version.id).select(_SHELF)

    def related(self, places: int) -> pl.DataFrame:
        """The first places of ``similar_item``, by relation, item and rank."""
        first = pl.col(Col.rank) <= places
        return read_table(self.settings, RECOMMEND, SIMILAR_ITEM.name, self.version.id, first)

    @cached_property
    def snapshot(self) -> Slice | None:
        """What it was made of; None where retention removed it."""
        return snapshot_of(self.settings, self.version)

    @cached_property
    def catalogue(self) -> pl.DataFrame:
        """``dim_item``; without the snapshot the names that stand on shelves."""
        if self.snapshot is not None:
            return self.snapshot.table(DIM_ITEM)
        return self.shelves.select(Col.item_id, Col.item_name).unique(Col.item_id, keep="first", maintain_order=True)

    @cached_property
    def shoppers(self) -> pl.Series:
        """Whoever has a shelf, sorted."""
        return self.shelves[Col.user_id].unique().sort()

    @cached_property
    def placements(self) -> list[str]:
        """In the shop's order; those that are no longer its own come last."""
        there = self.shelves[Col.placement].unique().sort().to_list()
        own = [each.name for each in self.settings.placements if each.name in there]
        return [*own, *(each for each in there if each not in own)]

    def in_order(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows by placement in that order, and else as they come."""
        return rows.sort(pl.col(Col.placement).cast(pl.Enum(self.placements)), maintain_order=True)

    @property
    def comparison(self) -> str:
        """Where the recommenders are compared; the page alone where no model served the day."""
        learned = self.manifest.policy.get("model_version") is not None
        return "models.html#comparison" if learned else "models.html"

    def chain(self, placement: str) -> tuple[tuple[Text, Cell], ...]:
        """Where each row of a placement comes from: recommender, policy, model, run, snapshot, version."""
        policy, told = self.manifest.policy, self.manifest.provenance
        recipes = policy.get("recipes")
        recipe = recipes.get(placement) if isinstance(recipes, dict) else None
        number = policy.get("model_version")
        model: Cell = Words("rules, no model", "规则（无模型）")
        if number is not None:
            model = Link(f"{policy['model_name']} {number}", "models.html#versions")
        run = told.get("dag_run_id")
        chain: list[tuple[Text, Cell]] = [
            (COLUMNS[Col.recipe], Link(called(RECIPES, str(recipe)), self.comparison) if recipe else "–"),
            (COLUMNS[Col.policy_id], str(policy["policy_id"])),
            (Words("Model", "模型"), model),
            (Words("Run", "运行"), Link(str(run), f"airflow:dags/{RECOMMEND.daily_dag}") if run else "–"),
            (Words("Snapshot", "快照"), Link(self.manifest.slice, "lineage.html")),
            (Words("Version", "版本"), Link(self.version.id, "data.html")),
            (Words("Code", "代码"), self.manifest.code_revision),
        ]
        return tuple(chain)
