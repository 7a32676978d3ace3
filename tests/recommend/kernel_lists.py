"""Run under one BLAS kernel by ``test_kernels``: lists of saved recommenders, however the work is cut.

    python -m tests.recommend.kernel_lists <folder of saved recommenders>

Prints the kernel's name and, by recommender, one list of rows per way to cut the work.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from threadpoolctl import threadpool_info, threadpool_limits

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Limits
from ml.recommend.recommenders import load
from testkit.memory_features import MemorySnapshots
from tests.recommend.conftest import AS_OF, random_shop

USERS, ITEMS = 90, 700
K = 12


def shop() -> tuple[Interactions, Items]:
    """Large enough for more than one tile of a matrix product, with a remainder on either side."""
    bought = random_shop(users=USERS, items=ITEMS, events=4500).frame
    rated = bought.with_columns(rating=(pl.col("item_id").str.slice(1).cast(pl.Int64) % 5 + pl.col("purchases")) / 2)
    return Interactions(rated, snapshots=MemorySnapshots()), Items.of(bought["item_id"].unique())


def main() -> None:
    folder = Path(sys.argv[1])
    found = {each.name: [rows(frame) for frame in cuts(load(each))] for each in sorted(folder.iterdir())}
    kernels = sorted({each["architecture"] for each in threadpool_info() if each["internal_api"] == "openblas"})
    sys.stdout.write(json.dumps({"kernels": kernels, "lists": found}))


def rows(frame: pl.DataFrame) -> list[Any]:
    """User, rank, item and score."""
    return [list(row) for row in frame.sort("user_id", "rank").select("user_id", "rank", "item_id", "score").rows()]


def cuts(model: Recommender) -> Iterator[pl.DataFrame]:
    """The lists of ``asked``: with everybody's, by other limits, in shards, each alone, and with one BLAS thread."""
    history, items = shop()
    users = history.frame["user_id"].unique().sort().to_list()
    asked = users[::11]

    def ranked(some: list[str], size: int, limits: Limits) -> pl.DataFrame:
        shards = (some[start : start + size] for start in range(0, len(some), size))
        requests = (Request(shard, history, items, AS_OF, K, exclude_seen=True, limits=limits) for shard in shards)
        lists = pl.concat([model.recommend(request).frame for request in requests])
        return lists.filter(pl.col("user_id").is_in(asked))

    yield ranked(users, len(users), Limits(threads=1))
    yield ranked(users, len(users), Limits(memory=300_000, threads=3))
    yield ranked(users, 37, Limits(memory=10**6, threads=2))
    yield ranked(asked, 1, Limits(threads=1))
    with threadpool_limits(1):
        yield ranked(users, len(users), Limits(memory=10**5, threads=1))


if __name__ == "__main__":
    main()
