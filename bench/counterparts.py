"""Are substitutes and complements what they say? Told on one day's slice, held against the 28 days that follow.

For each relation: its pairs, the share of one product type, and the following baskets with both items over those
expected from each shopper's own rhythm (1 is indifference, below are substitutes, above complements). Beside them, for
the base rate, each list's items paired at random with related items of other lists.

    python -m bench.counterparts SLICE LATER_SLICE [--examples 20]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.similar_items.purchases import Purchases
from ml.recommend.similar_items.similar import similar_items
from ml.recommend.similar_items.substitutes import Rhythm
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice


class Following:
    """The baskets after a day, of the items that it knows."""

    def __init__(self, day: Slice, later: Slice, items: Vocabulary) -> None:
        events = later.table("history").filter(pl.col(Col.event_date) > day.as_of)
        known = events.filter(pl.col(Col.item_id).is_in(items.ids.implode()))
        bought = Purchases.of(known, items)
        self.rhythm = Rhythm.of(bought, np.zeros(len(items), dtype=np.int64))
        self.baskets = bought.held(np.arange(len(known)))

    def ratio(self, item: Ints, related: Ints) -> float:
        """Baskets with both over the expected ones, summed over the pairs."""
        seen = sum(
            self.baskets[item[at : at + 20_000]].multiply(self.baskets[related[at : at + 20_000]]).sum()
            for at in range(0, len(item), 20_000)
        )
        return float(seen / max(self.rhythm.expected(item, related).sum(), 1e-9))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slice", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("--examples", type=int, default=0)
    chosen = parser.parse_args()
    day, console = read_slice(chosen.slice), Console(width=120)
    catalogue, started = day.table("dim_item"), time.process_time()
    lists = similar_items(day.table("history"), catalogue)
    console.print(f"{len(lists):,} pairs in {time.process_time() - started:.1f} CPU seconds, as of {day.as_of}")
    items = Vocabulary.of(catalogue[Col.item_id])
    following = Following(day, read_slice(chosen.later), items)
    kind = pl.coalesce(Col.item_category3, Col.item_category2, Col.item_category)
    kinds = dict(catalogue.select(Col.item_id, kind).iter_rows())
    names = dict(catalogue.select(Col.item_id, Col.item_name).iter_rows())
    table = Table("relation", "pairs", "items", "of one type", "seen / expected after", "the same, shuffled")
    for (relation,), pairs in lists.group_by(Col.relation, maintain_order=True):
        item, related = items.codes(pairs[Col.item_id]), items.codes(pairs[Col.related_item_id])
        alike = np.mean([kinds[a] == kinds[b] for a, b in pairs.select(Col.item_id, Col.related_item_id).iter_rows()])
        shuffled = np.random.default_rng(1).permutation(related)
        figures = f"{len(pairs):,}", f"{pairs[Col.item_id].n_unique():,}", f"{alike:.0%}"
        table.add_row(
            str(relation),
            *figures,
            f"{following.ratio(item, related):.2f}",
            f"{following.ratio(item, shuffled):.2f}",
        )
        first = pairs.filter(pl.col(Col.rank) == 1, pl.col(Col.support) >= 30)
        for row in first.sample(min(chosen.examples, len(first)), seed=3).iter_rows(named=True):
            console.print(f"{relation}: {names[row['item_id']]} | {names[row['related_item_id']]} | {row['score']}")
    console.print(table)


if __name__ == "__main__":
    main()
