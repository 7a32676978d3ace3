"""A value means the same in every format, and becomes the contract's type or is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from ml.landing.contract import CONTRACT
from tests.landing.conftest import DAY, Shop

CAMPAIGN = {"campaign_id": ["c"], "campaign_type": ["A"], "start_date": ["2025-01-01"], "end_date": ["2025-01-02"]}
IMPRESSION = {"impression_id": ["x"], "shown_ts": ["2025-03-03T00:00:00Z"], "position": [1], "clicked": [True],
              "propensity": [0.5]}  # fmt: skip


def _landed(shop: Shop, table: str, row: dict[str, list[object]], cases: Iterable[tuple[str, object]]) -> list[object]:
    """Land a file per case, ``row`` with one column otherwise; per case that column's value, or what refused it."""
    columns = {}
    for number, (column, value) in enumerate(cases):
        own = {**row, CONTRACT[table].key[0]: [f"{number}"]}
        name = f"{number:02}.parquet"
        shop.drop(name, pl.DataFrame(own).with_columns(pl.Series([value]).alias(column)), table=table)
        columns[f"{table}/dt={DAY}/{name}"] = column
    assert len(columns) > 5
    shop.land()
    names = list(dict.fromkeys(columns.values()))
    read = shop.query(f"select _file, {', '.join(names)} from raw.{table}")
    values = {file: dict(zip(names, found, strict=True)) for file, *found in read}
    quarantined = shop.query("select file, column_name from raw.quarantine")
    refused = {file: f"refused for {column}" for file, column in quarantined}
    assert len(quarantined) == len(refused)
    assert values.keys() | refused.keys() == columns.keys() and not values.keys() & refused.keys()
    return [values[file][column] if file in values else refused[file] for file, column in columns.items()]


def test_campaign_values_become_the_contracts_types(shop: Shop) -> None:
    cases: list[tuple[str, object, object]] = [
        ("budget", 0.1 + 0.2, Decimal("0.3")),
        ("budget", 7, Decimal(7)),
        ("budget", Decimal("1.25"), Decimal("1.25")),
        ("budget", "1.250000", Decimal("1.25")),
        ("budget", "", None),
        ("budget", float("nan"), None),
        ("channel", 5, "5"),
        ("channel", "", None),
        ("end_date", date(2025, 1, 2), date(2025, 1, 2)),
        ("end_date", datetime(2025, 1, 2), date(2025, 1, 2)),
        ("end_date", "2025-01-02", date(2025, 1, 2)),
    ]
    found = _landed(shop, "campaigns", CAMPAIGN, (case[:2] for case in cases))
    assert found == [expected for _, _, expected in cases]


def test_campaign_values_that_do_not_fit_are_refused(shop: Shop) -> None:
    cases: list[tuple[str, object]] = [
        ("budget", float("inf")),
        ("budget", 1e300),
        ("budget", Decimal("1.00001")),
        ("budget", "1e3"),
        ("budget", [1.0]),
        ("campaign_id", 1.0),
        ("campaign_id", b"c"),
        ("end_date", datetime(2025, 1, 2, 12)),
        ("end_date", datetime(2025, 1, 2, tzinfo=UTC)),
        ("end_date", "2024-12-31"),
        ("end_date", date(9999, 1, 1)),
        ("end_date", "02.01.2025"),
        ("currency", "€"),
    ]
    assert _landed(shop, "campaigns", CAMPAIGN, cases) == [f"refused for {column}" for column, _ in cases]


def test_impression_values_become_the_contracts_types(shop: Shop) -> None:
    cases: list[tuple[str, object, object]] = [
        ("position", 3.0, 3),
        ("position", "3", 3),
        ("clicked", 1, True),
        ("clicked", "False", False),
        ("propensity", "1e-3", 0.001),
        ("propensity", 1, 1.0),
        ("shown_ts", datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 3, tzinfo=UTC)),
        ("shown_ts", "2025-03-03T01:00+01:00", datetime(2025, 3, 3, tzinfo=UTC)),
        ("shown_ts", "2025-03-03 02:00:00.5+0200", datetime(2025, 3, 3, 0, 0, 0, 500000, tzinfo=UTC)),
    ]
    found = _landed(shop, "impressions", IMPRESSION, (case[:2] for case in cases))
    assert found == [expected for _, _, expected in cases]


def test_impression_values_that_do_not_fit_are_refused(shop: Shop) -> None:
    cases: list[tuple[str, object]] = [
        *(("position", 3.5), ("position", 0), ("clicked", "2"), ("clicked", 2), ("propensity", 0.0)),
        *(("propensity", 1.5), ("propensity", float("nan")), ("propensity", None)),
        *(("shown_ts", 1740960000), ("shown_ts", date(2025, 3, 3))),
    ]
    assert _landed(shop, "impressions", IMPRESSION, cases) == [f"refused for {column}" for column, _ in cases]


def test_the_same_rows_in_five_formats_land_as_the_same_rows(shop: Shop) -> None:
    csv_text = "item_id,item_name,price,creation_ts\n7,Rake,1.50,2025-01-01T00:00:00Z\n8,Hoe,,\n"
    json_text = (
        '{"item_id": 7, "item_name": "Rake", "price": 1.50, "creation_ts": "2025-01-01T00:00:00Z"}\n'
        '{"item_id": "8", "item_name": "Hoe", "price": null}\n'
    )
    frame = pl.DataFrame({"item_id": [7, 8], "item_name": ["Rake", "Hoe"], "price": [1.5, None],
                          "creation_ts": [datetime(2025, 1, 1, tzinfo=UTC), None]})  # fmt: skip
    contents = {
        "a.csv": csv_text,
        "a.csv.gz": csv_text,
        "a.jsonl": json_text,
        "a.jsonl.gz": json_text,
        "a.parquet": frame,
    }
    landed = {}
    for name, content in contents.items():
        path = shop.drop(name, content, table="items")
        shop.land()
        landed[name] = shop.query("select item_id, item_name, price, creation_ts::varchar from raw.items order by 1")
        path.unlink()
    expected = [("7", "Rake", Decimal("1.5"), "2025-01-01 00:00:00+00"), ("8", "Hoe", None, None)]
    assert landed == dict.fromkeys(contents, expected)
