"""Do affinity audiences find the buyers? Their share of buyers against "bought it before, by recency".

For the largest kinds of a shop (categories, brands, items) the top share of shoppers by affinity as of D, and by the
days since their last purchase of the kind; of each the share that bought it in the days after D, divided by the share
of everybody. The policy of D had been trained on nothing later than D. Differences are paired by kind, with the 95 %
interval of their mean.

    python -m bench.affinity HOME [--as-of 2017-12-02] [--kinds 50] [--share .05]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from ml.audiences.membership.affinity import KIND, Kind, Market, affinities
from ml.publish.readers import manifest_of, scan_of, versions
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.earlier import is_thin
from ml.warehouse.slices import DIM_ITEM, FEAT_USER_ITEM, HISTORY, Slice, day_of, read_slice

_FIELDS: Final = (Col.item_category, Col.item_category2, Col.item_category3, Col.item_brand, Col.item_id)
_DRAWS: Final = 5
"""Equal scores are put in order by chance so many times."""
_OURS, _ALONE, _HABIT, _BEFORE = "affinity", "probabilities alone", "habit alone", "bought before, by recency"


@dataclass(frozen=True, eq=False)
class Past:
    """A published day, and what was bought in the days after it."""

    snapshot: Slice
    version: Version
    bought: pl.DataFrame

    @property
    def users(self) -> pl.Series:
        """Everybody who was known on the day."""
        return self.snapshot.table("dim_user")[Col.user_id].sort()

    def market(self, *, probabilities: bool = True, habits: bool = True) -> Market:
        """What is known of who buys what; without probabilities, or without habits, for comparison."""
        likely = scan_of(RECOMMEND, self.version, "purchase_probability")
        own = self.snapshot.scan(FEAT_USER_ITEM)
        return Market(
            self.snapshot.scan(DIM_ITEM), likely if probabilities else likely.clear(), own if habits else own.clear()
        )

    def largest(self, field: str, count: int) -> list[Kind]:
        """The kinds of which most lines were bought by the day."""
        items = self.snapshot.scan(DIM_ITEM).select(list(dict.fromkeys((Col.item_id, field))))
        lines = self.snapshot.scan(HISTORY).join(items, on=Col.item_id).drop_nulls(field)
        counted = lines.group_by(field).agg(pl.col(Col.purchases).sum()).collect()
        ordered = counted.sort(Col.purchases, field, descending=[True, False]).head(count)
        return [(field, value) for value in ordered[field]]

    def recency(self, kinds: Sequence[Kind]) -> pl.DataFrame:
        """``kind_number``, ``user_id``, ``score``: the later the last purchase of the kind, the higher."""
        rows = self._of_kinds(self.snapshot.scan(HISTORY).filter(pl.col(Col.purchases) > 0), kinds)
        last = (pl.col(Col.event_date).max() - self.snapshot.as_of).dt.total_days()
        return rows.group_by(KIND, Col.user_id).agg((last + 1000).cast(pl.Float64).alias(Col.score))

    def buyers(self, kinds: Sequence[Kind]) -> pl.DataFrame:
        """``kind_number``, ``user_id``: who bought something of the kind in the days after."""
        return self._of_kinds(self.bought.lazy(), kinds).select(KIND, Col.user_id).unique()

    def _of_kinds(self, rows: pl.LazyFrame, kinds: Sequence[Kind]) -> pl.DataFrame:
        field = kinds[0][0]
        numbers = pl.LazyFrame({field: [value for _, value in kinds], KIND: range(len(kinds))})
        items = self.snapshot.scan(DIM_ITEM).select(list(dict.fromkeys((Col.item_id, field)))).join(numbers, on=field)
        return rows.join(items, on=Col.item_id).collect()


def read_past(settings: Settings, as_of: date | None, days: int) -> Past:
    """The day asked for, else the newest with probabilities whose following days have landed."""
    folders = {day_of(path): path for path in sorted(settings.slices_dir.glob("[0-9]*")) if not is_thin(path)}
    for version in sorted(versions(settings, RECOMMEND), key=lambda each: each.as_of, reverse=True):
        counted = manifest_of(version).counts.get("purchase_probability")
        has_any = isinstance(counted, Mapping) and "pairs" in counted
        bought = landed_after(settings, version.as_of, days)
        if version.as_of in folders and has_any and len(bought) and as_of in (None, version.as_of):
            return Past(read_slice(folders[version.as_of]), version, bought)
    raise SystemExit("no published day with purchase_probability, a slice and landed days after it")


def landed_after(settings: Settings, day: date, days: int) -> pl.DataFrame:
    """``user_id``, ``item_id`` of purchases in the days after ``day``, from Parquet landing files."""
    after = [day + timedelta(days=number) for number in range(1, days + 1)]
    files = [
        path for each in after for path in (settings.landing_dir / "interactions" / f"dt={each}").glob("*.parquet")
    ]
    if not all((settings.landing_dir / "_closed" / str(each)).exists() for each in after):
        return pl.DataFrame()
    rows = pl.scan_parquet(files, hive_partitioning=False).filter(pl.col("event_type").is_in(settings.purchase_events))
    return rows.select(Col.user_id, Col.item_id).unique().collect()


def lifts(
    past: Past, kinds: Sequence[Kind], scored: pl.DataFrame, share: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Per kind the share of buyers among the top share of shoppers, by everybody's; equal scores in order by chance."""
    users, buyers, taken = past.users, past.buyers(kinds), ceil(share * len(past.users))
    found = []
    for number in range(len(kinds)):
        some = scored.filter(pl.col(KIND) == number)
        frame = pl.DataFrame({Col.user_id: users}).join(some, on=Col.user_id, how="left", maintain_order="left")
        score = frame[Col.score].fill_null(-1).to_numpy()
        did = users.is_in(buyers.filter(pl.col(KIND) == number)[Col.user_id].implode()).to_numpy()
        draws = [np.random.default_rng(seed).random(len(users)) for seed in range(_DRAWS)]
        top = [did[np.lexsort((noise, -score))[:taken]].mean() for noise in draws]
        found.append(float(np.mean(top)) / max(did.mean(), 1e-9))
    return np.array(found)


def compared(
    past: Past, kinds: Sequence[Kind], share: float
) -> tuple[dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]], float]:
    """By contender its lifts, and the CPU seconds that all kinds together cost."""
    begun = time.process_time()
    ours = affinities(kinds, past.market())
    spent = time.process_time() - begun
    scored = {
        _OURS: ours,
        _ALONE: affinities(kinds, past.market(habits=False)),
        _HABIT: affinities(kinds, past.market(probabilities=False)),
        _BEFORE: past.recency(kinds),
    }
    return {name: lifts(past, kinds, each, share) for name, each in scored.items()}, spent


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--kinds", type=int, default=50)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--days", type=int, default=28)
    asked, console = parser.parse_args(), Console(width=140)
    past = read_past(Settings(home=asked.home), asked.as_of, asked.days)
    console.print(
        f"as of {past.snapshot.as_of}, {len(past.users):,} shoppers, top {asked.share:.0%}, next {asked.days} days"
    )
    table = Table("field", "kinds", "contender", "mean lift", "above recency [95 %]", "better in", "CPU s")
    for field in _FIELDS:
        kinds = past.largest(field, asked.kinds)
        found, spent = compared(past, kinds, asked.share)
        for name, each in found.items():
            gain = each - found[_BEFORE]
            half = 1.96 * float(gain.std(ddof=1)) / sqrt(len(gain))
            told = (
                "" if name == _BEFORE else f"{gain.mean():+.3f} [{gain.mean() - half:+.3f}, {gain.mean() + half:+.3f}]"
            )
            better = "" if name == _BEFORE else f"{(gain > 0).mean():.0%}"
            cost = f"{spent:.2f}" if name == _OURS else ""
            table.add_row(field, str(len(kinds)), name, f"{each.mean():.3f}", told, better, cost)
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    main()
