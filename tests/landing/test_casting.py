"""A value means the same in every format, and becomes the contract's type or is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from tests.landing.conftest import Shop

CAMPAIGN = {"campaign_id": ["c"], "campaign_type": ["A"], "start_date": ["2025-01-01"], "end_date": ["2025-01-02"]}
IMPRESSION = {"impression_id": ["x"], "shown_ts": ["2025-03-03T00:00:00Z"], "position": [1], "clicked": [True],
              "propensity": [0.5]}  # fmt: skip


def _land_one(shop: Shop, table: str, rows: dict[str, list[object]], column: str, value: object) -> list[object]:
    series = value if isinstance(value, pl.Series) else pl.Series([value])
    shop.drop("x.parquet", pl.DataFrame(rows).with_columns(series.alias(column)), table=table)
    shop.land()
    return [found for (found,) in shop.query(f"select {column} from raw.{table}")]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
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
    ],
)
def test_campaign_values_become_the_contracts_types(shop: Shop, column: str, value: object, expected: object) -> None:
    assert _land_one(shop, "campaigns", CAMPAIGN, column, value) == [expected]


@pytest.mark.parametrize(
    ("column", "value"),
    [
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
    ],
)
def test_campaign_values_that_do_not_fit_are_refused(shop: Shop, column: str, value: object) -> None:
    assert _land_one(shop, "campaigns", CAMPAIGN, column, value) == []
    assert [row[1] for row in shop.quarantine()] == [column]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("position", 3.0, 3),
        ("position", "3", 3),
        ("clicked", 1, True),
        ("clicked", "False", False),
        ("propensity", "1e-3", 0.001),
        ("propensity", 1, 1.0),
        ("shown_ts", datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 3, tzinfo=UTC)),
        ("shown_ts", "2025-03-03T01:00+01:00", datetime(2025, 3, 3, tzinfo=UTC)),
        ("shown_ts", "2025-03-03 02:00:00.5+0200", datetime(2025, 3, 3, 0, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_impression_values_become_the_contracts_types(shop: Shop, column: str, value: object, expected: object) -> None:
    assert _land_one(shop, "impressions", IMPRESSION, column, value) == [expected]


@pytest.mark.parametrize(
    ("column", "value"),
    [("position", 3.5), ("position", 0), ("clicked", "2"), ("clicked", 2), ("propensity", 0.0), ("propensity", 1.5),
     ("propensity", float("nan")), ("propensity", None), ("shown_ts", 1740960000), ("shown_ts", date(2025, 3, 3))],
)  # fmt: skip
def test_impression_values_that_do_not_fit_are_refused(shop: Shop, column: str, value: object) -> None:
    assert _land_one(shop, "impressions", IMPRESSION, column, value) == []
    assert [row[1] for row in shop.quarantine()] == [column]


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
