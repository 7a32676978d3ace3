"""What the registry says of the recommender's models, as it was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ml.errors import ShelduckError
from ml.recommend.bundle import read_bundle
from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.leaderboard import ORIGIN, RECOMMENDER
from ml.recommend.evaluation.settings import SETTING
from ml.recommend.model import MODEL
from ml.recommend.promotion import evidence
from ml.recommend.selection import Selection
from ml.recommend.two_stage.calibration import Reliability
from ml.recommend.two_stage.recommender import TwoStage
from ml.recommend.two_stage.saved import read_reliability
from ml.registry.as_known import AsKnown
from ml.registry.comparison import leaderboard_of, logged_table
from ml.registry.registration import download_bundle
from ml.registry.tracking import IMPORTANCES, SLICES, run_tags
from ml.registry.versions import ModelVersion


@dataclass(frozen=True, eq=False)
class Trained(AsKnown):
    """Versions of the model that were trained as of a day or before it."""

    model = MODEL

    def board(self, version: ModelVersion) -> pl.DataFrame:
        """The leaderboard of a version's training; empty where its files were removed."""
        rows = self._boards[version.version]
        return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema={SETTING: pl.String})

    @cached_property
    def _boards(self) -> dict[int, list[dict[str, Any]]]:
        return {each.version: leaderboard_of(self.settings, each.run_id) for each in self.versions}

    def best(self, version: ModelVersion) -> list[dict[str, Any]]:
        """Of each setting the best recommender's row of that leaderboard."""
        return self.board(version).unique(SETTING, keep="first", maintain_order=True).to_dicts()

    def selections(self, version: ModelVersion) -> list[Selection]:
        """What spoke for each placement's recommender; none where the run no longer says it."""
        try:
            return evidence(run_tags(self.settings, version.run_id), version.version)
        except ShelduckError:
            return []

    def segments(self, version: ModelVersion) -> pl.DataFrame:
        """The groups of the last origin, of the recommender that won where anything counts."""
        rows = logged_table(self.settings, version.run_id, SLICES)
        best = self.best(version)
        if not rows or not best:
            return pl.DataFrame()
        table = pl.DataFrame(rows, infer_schema_length=None)
        winners = pl.DataFrame(
            {SETTING: [row[SETTING] for row in best], RECOMMENDER: [row[RECOMMENDER] for row in best]}
        )
        last = table.filter(pl.col(ORIGIN) == pl.col(ORIGIN).max())
        return last.join(winners, on=[SETTING, RECOMMENDER], how="semi", maintain_order="left")

    def importances(self, version: ModelVersion) -> pl.DataFrame:
        """objective, feature, share_of_gain; empty without a learned ranker."""
        rows = logged_table(self.settings, version.run_id, f"{TwoStage.name}/{IMPORTANCES}")
        return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame()

    def reliability(self, version: ModelVersion) -> dict[str, Reliability]:
        """By objective, promised and observed shares of the learned ranker; none without one, or without its files."""
        try:
            bundle = download_bundle(self.settings, MODEL, version.version, version.content_hash)
            used = {each.folder for each in read_bundle(bundle).placements.values() if each.recipe == TwoStage.name}
            return {name: each for folder in sorted(used) for name, each in read_reliability(bundle / folder).items()}
        except ShelduckError:
            return {}

    @property
    def metric(self) -> str:
        """The metric by which recommenders are compared."""
        return METRIC
