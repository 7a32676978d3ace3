"""A model as code for the tests: it recommends the recipe's name, so that a test sees which bundle was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ml.registry.bundle import Bundle, read_bundle
from ml.registry.pyfunc import serve


@dataclass
class Echo:
    bundle: Bundle

    def rank(self, users: Sequence[str], placement: str, k: int) -> pl.DataFrame:
        item = self.bundle.placements[placement].recipe
        return pl.DataFrame({"user_id": users}).with_columns(
            pl.lit(1, pl.Int32).alias("rank"), pl.lit(item).alias("item_id"), pl.lit(float(k)).alias("score")
        )


serve(lambda folder: Echo(read_bundle(folder)))
