"""An id that looks like a missing value makes no shopper, in any format, unless the shop says that its ids look so."""

from __future__ import annotations

import json

import polars as pl
import pytest

from ml.settings import Settings
from tests.landing.conftest import DAY, EVENT_HEADER, Shop

WORDS = ("nan", "NaN", "NULL", "none", "n/a", "#N/A", "undefined", "NaT", "-", "<NA>", "true", "False", "17850.0",
         "1.23e+12", "1,23E+12", " s01", "s01 ", "\u00a0s01")  # fmt: skip
GOOD = ("s01", "00042", "17850", "nancy", "none-1", "1e5", "123.456", "ja", "Na 7")


def _columns(ids: tuple[str, ...]) -> dict[str, list[str]]:
    count = len(ids)
    moment = [f"{DAY}T09:00:00Z"] * count
    return {
        "event_id": [f"e{number}" for number in range(count)],
        "user_id": list(ids),
        "item_id": ["i"] * count,
        "event_type": ["purchase"] * count,
        "event_ts": moment,
        "quantity": ["1"] * count,
    }


def _drop(shop: Shop, suffix: str, ids: tuple[str, ...]) -> None:
    columns = _columns(ids)
    rows = list(zip(*columns.values(), strict=True))
    if suffix == "csv":
        quoted = [",".join(f'"{value}"' for value in row) for row in rows]
        shop.drop("e.csv", "\n".join((EVENT_HEADER, *quoted)))
    elif suffix == "jsonl":
        shop.drop("e.jsonl", "\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows))
    else:
        shop.drop("e.parquet", pl.DataFrame(columns))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_no_missing_value_in_disguise_becomes_a_shopper(shop: Shop, suffix: str) -> None:
    _drop(shop, suffix, WORDS + GOOD)
    shop.land()
    assert sorted(user for (user,) in shop.query("select user_id from raw.interactions")) == sorted(GOOD)
    refused = shop.query("select column_name, reason, remedy from raw.quarantine")
    assert len(refused) == len(WORDS)
    assert {column for column, *_ in refused} == {"user_id"}
    assert len({reason for _, reason, _ in refused}) == 5
    assert all("SHELDUCK_ID_WORDS=accept" in remedy for *_, remedy in refused)
    assert any("Leave such rows out: every row needs user_id" in remedy for *_, remedy in refused)


def test_an_optional_id_of_that_kind_is_refused_too_and_an_empty_one_is_none(shop: Shop) -> None:
    given = {"user_id": "u", "item_id": "i", "event_type": "view_item", "event_ts": f"{DAY}T09:00:00Z"}
    values = ('"nan"', '""', "null", "NaN", '"b1"')
    lines = [json.dumps({"event_id": f"e{n}", **given})[:-1] + f', "session_id": {v}}}' for n, v in enumerate(values)]
    shop.drop("e.jsonl", "\n".join(lines))
    shop.land()
    assert shop.query("select event_id, session_id from raw.interactions order by 1") == [
        ("e1", None), ("e2", None), ("e3", None), ("e4", "b1")
    ]  # fmt: skip
    assert shop.quarantine() == [
        (1, "session_id", "a word for a missing value", "session_id is a word for a missing value")
    ]


def test_a_shop_whose_ids_look_so_says_it_and_its_files_are_judged_again(shop: Shop) -> None:
    _drop(shop, "csv", WORDS + GOOD)
    assert shop.land().rows_quarantined == len(WORDS)
    accepting = Shop(Settings(**{**shop.settings.model_dump(), "id_words": "accept"}))
    report = accepting.land()
    assert (report.rows_accepted, report.rows_quarantined) == (len(WORDS + GOOD), 0)
    assert sorted(user for (user,) in shop.query("select user_id from raw.interactions")) == sorted(WORDS + GOOD)
    assert shop.land().rows_quarantined == len(WORDS)
