"""Whether statistical tags hold on purchases to come, and what a day's tags cost.

    python -m bench.tags HOME DAY                # tags of DAY against the purchases of the 28 days after it
    python -m bench.tags HOME DAY --copies 101   # the same shoppers so many times: CPU seconds and memory alone

The data home needs snapshots of DAY and, for the first, of 28 days later. Predictions are left out. For the cost, the
days that DAY is compared with are DAY again.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.audiences.capability import AFFINITY_BASE, AUDIENCES, CUSTOMER_AFFINITY, DIM_TAG
from ml.audiences.columns import Aud
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.shoppers import PROFILE_TABLE, TODAY
from ml.audiences.tags.columns import Affinity
from ml.audiences.tags.daily import tagged
from ml.audiences.tags.lift import VALUE, bases, lifts
from ml.audiences.tags.statistical import LIMITS
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, Slice, read_slice
from testkit.tag_shop import FIELDS, MadeShop, landed, profiles

_AHEAD: Final = 28
_EXPECTED, _BOUGHT, _LINES = "expected_ahead", "bought_ahead", "lines_ahead"


def snapshot(settings: Settings, day: date) -> Slice:
    """The snapshot of a day that holds affinities."""
    for folder in sorted(settings.slices_dir.glob(f"{day}-*")):
        if (folder / f"{CUSTOMER_AFFINITY}.parquet").exists():
            return read_slice(folder)
    raise SystemExit(f"no snapshot of {day} with {CUSTOMER_AFFINITY} in {settings.slices_dir}")


def ahead(later: Slice) -> pl.DataFrame:
    """Lines of the 28 days up to a later day by shopper, column and value, and in all; everybody's share of each."""
    pairs = later.table("feat_user_item").filter(pl.col(Col.purchases_28d) > 0)
    bought = pairs.select(Col.user_id, Col.item_id, Col.purchases_28d).join(later.table(DIM_ITEM), on=Col.item_id)
    lines = pl.col(Col.purchases_28d).sum()
    total = bought.select(lines).item()
    everything = bought.group_by(Col.user_id).agg(lines.alias(_LINES))
    own = [
        bought.filter(pl.col(name).is_not_null())
        .group_by(Col.user_id, pl.lit(name).alias(Col.item_field), pl.col(name).alias(Col.item_value))
        .agg(lines.alias(_BOUGHT))
        for name in FIELDS
    ]
    shares = pl.concat(own).group_by(VALUE).agg((pl.col(_BOUGHT).sum() / total).alias("share_ahead"))
    users = everything.join(shares, how="cross")
    return users.join(pl.concat(own), on=(Col.user_id, *VALUE), how="left").select(
        Col.user_id,
        *VALUE,
        pl.col(_BOUGHT).fill_null(0),
        (pl.col(_LINES) * pl.col("share_ahead")).alias(_EXPECTED),
    )


def quality(console: Console, settings: Settings, day: date) -> None:
    """Lifts of a day against those of the next 28 days, in bands of what was known on the day."""
    now = snapshot(settings, day)
    affinities = now.table(CUSTOMER_AFFINITY)
    found = lifts(affinities.lazy(), bases(now.table(AFFINITY_BASE)), 3, 1, LIMITS.lift_low)
    days = affinities.select(Col.user_id, *VALUE, Col.purchase_days_365d)
    key = [Col.user_id, *VALUE]
    found = found.join(days, on=key).join(ahead(snapshot(settings, day + timedelta(days=_AHEAD))), on=key)
    supported = (pl.col(Col.support) >= LIMITS.support) & (pl.col(Col.purchase_days_365d) >= LIMITS.days)
    low = pl.col(Aud.lift_low)
    bands = {
        f"3 or 4 lines, lift from {LIMITS.lift_low}": pl.col(Col.support) < LIMITS.support,
        f"{LIMITS.support} lines on {LIMITS.days} days, lift_low below 1": supported & (low < 1),
        f"lift_low 1 to {LIMITS.lift_low}": supported & low.is_between(1, LIMITS.lift_low, closed="left"),
        **{
            f"tags: lift_low {least} to {most}": supported & (low >= least) & (low < (most if most != "more" else 1e9))
            for least, most in ((LIMITS.lift_low, 2), (2, 3), (3, 5), (5, 10), (10, "more"))
        },
    }
    table = Table(title=f"lifts of {day} and of the 28 days after it; means weighted by expected lines")
    for name in ("known on the day", "pairs", "lift", "lift_low", "lift of the next 28 days"):
        table.add_column(name, justify="left" if name.startswith("known") else "right")
    weight = pl.col(_EXPECTED)
    for name, band in bands.items():
        row = found.filter(band).select(
            pl.len(),
            (pl.col(Col.lift) * weight).sum() / weight.sum(),
            (low * weight).sum() / weight.sum(),
            pl.col(_BOUGHT).sum() / weight.sum(),
        )
        pairs, lift, least, realised = row.row(0)
        table.add_row(name, f"{pairs:,}", f"{lift:.2f}", f"{least:.2f}", f"{realised:.2f}")
    console.print(table)


def copied(settings: Settings, day: date, copies: int) -> MadeShop:
    """The day's shoppers so many times, under other names, on every day."""
    now = snapshot(settings, day)
    users = [pl.format("{}-{}", Col.user_id, pl.lit(copy)).alias(Col.user_id) for copy in range(copies)]

    def many(frame: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(frame.with_columns(name) for name in users)

    sums = (Aud.shoppers, Col.purchases_365d, Affinity.purchases_squared, Affinity.purchases_by_all_purchases)
    tables = {
        CUSTOMER_AFFINITY: many(now.table(CUSTOMER_AFFINITY)),
        AFFINITY_BASE: now.table(AFFINITY_BASE).with_columns(pl.col(name) * copies for name in sums),
        DIM_TAG: landed(),
    }
    profile = now.table(PROFILE_TABLE)
    empty = profiles(profile[Col.user_id].to_list())
    known = [name for name in empty.columns if name in profile.columns]
    shoppers = many(empty.drop(*known[1:]).join(profile.select(known), on=Col.user_id).select(empty.columns))
    days = (TODAY, *AUDIENCES.compares)
    return MadeShop(dict.fromkeys(days, tables), dict.fromkeys(days, shoppers))


def cost(console: Console, settings: Settings, day: date, copies: int) -> None:
    """CPU seconds and the peak of memory beyond that of the frames themselves."""
    shop = copied(settings, day, copies)
    before, started = _peak(), time.process_time()
    made = tagged(shop).tables
    tags, members = TAG.checked(made[TAG.name]), TAG_MEMBER.checked(made[TAG_MEMBER.name])
    spent = time.process_time() - started
    console.print(
        f"{len(shop.shoppers[TODAY]):,} shoppers, {len(tags):,} tags, {len(members):,} members: {spent:.1f} CPU s, "
        f"peak {_peak():.2f} GB ({before:.2f} GB before)"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("day", type=date.fromisoformat)
    parser.add_argument("--copies", type=int, default=0)
    given = parser.parse_args()
    settings, console = Settings(home=given.home), Console(width=120)
    if given.copies:
        cost(console, settings, given.day, given.copies)
    else:
        quality(console, settings, given.day)


if __name__ == "__main__":
    main()
