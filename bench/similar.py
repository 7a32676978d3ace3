"""Are ``similar`` lists about the item? Told on one day's slice, held against first purchases in a later slice.

By how many shoppers bought the item: items with a list, the share of one product type among the first five, and of the
first ten how many a shopper who bought the item for the first time after the day bought for the first time too (hits),
also over what independence would give (lift).

    python -m bench.similar SLICE LATER_SLICE [--as-of DAY]

``--as-of`` cuts both at an earlier day: the history ends there, and the 28 days after it are held against it.
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.similar_items.item_pairs import matrix
from ml.recommend.similar_items.similar import SIMILAR, similar_items
from ml.tables import Col
from ml.warehouse.slices import read_slice

BANDS = ((2, 5), (5, 20), (20, 100), (100, 10**9))
PAIR = (Col.user_id, Col.item_id)


def shared_first_purchases(
    known: pl.DataFrame, after: pl.DataFrame, items: Vocabulary, lists: pl.DataFrame
) -> tuple[Ints, Ints, int]:
    """Per pair: shoppers who first bought both after the day; per item: who first bought it; all the day's shoppers."""
    users = Vocabulary.of(known[Col.user_id])
    first = after.select(PAIR).unique().join(known, on=PAIR, how="anti")
    codes = items.codes(first[Col.item_id]), users.codes(first[Col.user_id])
    kept = (codes[0] >= 0) & (codes[1] >= 0)
    cells = matrix(codes[0][kept], codes[1][kept], np.ones(int(kept.sum()), dtype=np.int64), len(items), len(users))
    one, other = items.codes(lists[Col.item_id]), items.codes(lists[Col.related_item_id])
    parts = [slice(at, at + 20_000) for at in range(0, len(one), 20_000)]
    both = [cells[one[part]].multiply(cells[other[part]]).sum(axis=1).A1 for part in parts]
    return np.concatenate(both), np.diff(cells.indptr), len(users)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slice", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    chosen = parser.parse_args()
    day, later = read_slice(chosen.slice), read_slice(chosen.later).table("history")
    told, catalogue = chosen.as_of or day.as_of, day.table("dim_item")
    history = day.table("history").filter(pl.col(Col.event_date) <= told)
    after = later.filter(pl.col(Col.event_date).is_between(told, told + timedelta(days=28), closed="right"))
    started = time.process_time()
    lists = similar_items(history, catalogue).filter(pl.col(Col.relation) == SIMILAR)
    Console().print(f"{time.process_time() - started:.1f} CPU seconds for all relations, as of {told}")
    items = Vocabulary.of(catalogue[Col.item_id])
    both, buyers, shoppers = shared_first_purchases(history, after, items, lists)
    one, other = items.codes(lists[Col.item_id]), items.codes(lists[Col.related_item_id])
    named = dict(
        catalogue.select(
            Col.item_id, pl.coalesce(Col.item_category3, Col.item_category2, Col.item_category)
        ).iter_rows()
    )
    alike = np.array([named[a] == named[b] for a, b in lists.select(Col.item_id, Col.related_item_id).iter_rows()])
    counts = history.group_by(Col.item_id).agg(pl.col(Col.user_id).n_unique().alias("n"))
    popularity = lists.join(counts, on=Col.item_id, how="left", maintain_order="left")["n"].to_numpy()
    rank = lists[Col.rank].to_numpy()
    table = Table("shoppers of the item", "lists", "of one type @5", "hits @10", "lift @10")
    for low, high in BANDS:
        band = (popularity >= low) & (popularity < high)
        ten = band & (rank <= 10)
        hits, expected = both[ten].sum(), (buyers[one[ten]] * buyers[other[ten]] / shoppers).sum()
        lookers = max(buyers[np.unique(one[ten])].sum(), 1)
        name = f"{low}-{high - 1}" if high < 10**9 else f"{low} and more"
        figures = (
            f"{alike[band & (rank <= 5)].mean():.1%}",
            f"{hits / lookers:.3f}",
            f"{hits / max(expected, 1e-9):.1f}",
        )
        table.add_row(name, f"{len(np.unique(one[band])):,}", *figures)
    Console().print(table)


if __name__ == "__main__":
    main()
