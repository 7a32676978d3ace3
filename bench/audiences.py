"""What a day's audiences cost: CPU seconds and memory by shoppers, of a shop by chance. Tags and segments are given.

python -m bench.audiences                      # 2,469 and 250,000 shoppers
python -m bench.audiences --shoppers 50000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.audiences.membership.daily import audiences_of
from ml.settings import Settings
from testkit.audience_chance import CATEGORIES, chance_shop
from testkit.audience_days import audiences

_CONDITIONS: Final = (
    "tag('wine') and churn_probability between .4 and .8",
    "revenue_365d > .8 and not tag('weekend')",
    "rfm('rfm_1') or stage('lifecycle_2')",
    "likely_to_buy(category = 'WINE') > .5",
    "overdue_ratio > .9 and purchase_days_365d >= 3",
)


def some_audiences() -> pl.DataFrame:
    """Five conditions, three affinities and a list of look-alikes, beside those that are shipped."""
    conditions = [{"audience_id": f"c{number}", "condition": text} for number, text in enumerate(_CONDITIONS)]
    affinities = [
        {"audience_id": f"a{number}", "kind": "affinity", "item_field": "item_category", "item_value": value}
        for number, value in enumerate(CATEGORIES)
    ]
    return audiences(*conditions, *affinities, {"audience_id": "alike", "kind": "look_alike"})


def main() -> None:
    """Measure and print; memory is the process's peak so far, so that sizes go up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shoppers", type=int, nargs="+", default=[2_469, 250_000])
    table = Table("shoppers", "audiences", "rows of members", "CPU s", "CPU s per 100,000", "peak memory, GB")
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home) / "var", consent="assumed")
        for shoppers in sorted(parser.parse_args().shoppers):
            shop, tags, segments = chance_shop(settings, shoppers, 1, some_audiences())
            begun = time.process_time()
            tables = audiences_of(shop, tags, segments)
            spent = time.process_time() - begun
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            sizes = [f"{len(tables[name]):,}" for name in ("audience", "audience_member")]
            table.add_row(f"{shoppers:,}", *sizes, f"{spent:.1f}", f"{spent / shoppers * 1e5:.1f}", f"{peak:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
