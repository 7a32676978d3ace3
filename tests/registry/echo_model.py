"""A model as code for the tests: it recommends the recipe's name, so that a test sees which bundle was loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ml.registry.bundle import Bundle, read_bundle
from ml.registry.pyfunc import serve


@dataclass
class Echo:
    bundle: Bundle

    def rank(self, asked: Mapping[str, Sequence[str] | None], placement: str, k: int) -> pl.DataFrame:
        item = self.bundle.placements[placement].recipe
        said = {"item_id": item, "score": float(k), "source": "echo", "as_of_date": "", "version": "", "policy_id": ""}
        return pl.DataFrame({"user_id": list(asked)}).with_columns(
            pl.lit(1, pl.Int32).alias("rank"), *(pl.lit(value).alias(name) for name, value in said.items())
        )


serve(lambda folder: Echo(read_bundle(folder)))
