"""What is loaded of reviews has no personal data in its texts, whatever file they came in."""

from __future__ import annotations

import polars as pl
import pytest

from ml.code.imports import reached
from ml.code.sources import read_sources
from ml.landing import masked_texts
from ml.landing.contract import CONTRACT, contract_hash
from tests.landing.conftest import DAY, Shop

_AT = f"{DAY}T09:00:00Z"
_HEADER = "review_id,item_id,created_ts,user_id,title,text,language"
_CALL = "Call me: +44 20 7946 0958"
_RAW = ("7946", "13912345678", "ann@shop.com")


def _write(shop: Shop, suffix: str) -> None:
    names = _HEADER.split(",")
    rows = [
        ("r1", "tea", _AT, "ann@shop.com", "Ask ann@shop.com", _CALL, "en"),
        ("r2", "tea", _AT, "u2", None, "不好喝，电话13912345678", "zh"),
        ("r3", "tea", _AT, "u3", "Fine", "Nothing to hide", "en"),
    ]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    contents = {"parquet": frame, "jsonl": frame.write_ndjson(), "csv": frame.write_csv()}
    shop.drop(f"r.{suffix}", contents[suffix], table="reviews")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_texts_are_masked_before_they_are_stored(shop: Shop, suffix: str) -> None:
    _write(shop, suffix)

    shop.land()

    assert shop.query("select review_id, title, text, user_id from raw.reviews order by 1") == [
        ("r1", "Ask [email]", "Call me: [phone]", "ann@shop.com"),  # an id is the shop's to make pseudonymous
        ("r2", None, "不好喝，电话[phone]", "u2"),
        ("r3", "Fine", "Nothing to hide", "u3"),
    ]
    stored = shop.settings.warehouse_path.read_bytes()
    assert not [part for part in _RAW[:2] if part.encode() in stored]


def test_a_refused_row_keeps_none_of_its_text(shop: Shop) -> None:
    shop.drop("r.csv", f"{_HEADER}\nr1,,{_AT},u1,,{_CALL},en\nr2,tea,{_AT},u1,,{_CALL},not a tag\n", table="reviews")

    shop.land()

    assert [column for _, column, *_ in shop.quarantine()] == ["item_id", "language"]
    assert "7946" not in str(shop.query("select * from raw.quarantine"))


def test_what_differs_in_masked_data_alone_is_an_unchanged_repetition(shop: Shop) -> None:
    for day, number in ((DAY, "7946 0958"), (DAY.replace(day=DAY.day + 1), "7946 0000")):
        shop.drop("r.csv", f"{_HEADER}\nr1,tea,{_AT},u1,,Call me: +44 20 {number},en\n", table="reviews", day=day)

    shop.land(DAY.replace(day=DAY.day + 1))

    assert shop.query("select text, _arrival_date from raw.reviews") == [("Call me: [phone]", DAY)]


def test_texts_are_read_again_when_they_would_be_masked_otherwise(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(shop, "csv")
    shop.land()
    assert not [each for each in shop.land().partitions if each.table == "reviews"], "nothing new"
    items, reviews = (contract_hash(CONTRACT[name], "UTC") for name in ("items", "reviews"))

    monkeypatch.setattr("ml.landing.contract.masking_revision", lambda: "another")
    monkeypatch.setattr(masked_texts.masking, "masked", lambda text: text.replace("hide", "show"))
    shop.land()

    assert ("Nothing to show",) in shop.query("select text from raw.reviews")
    assert contract_hash(CONTRACT["items"], "UTC") == items
    assert contract_hash(CONTRACT["reviews"], "UTC") != reviews


def test_the_revision_covers_all_that_masks() -> None:
    needed = set(reached(read_sources(), [masked_texts.masking.__name__]).modules)

    assert {name for name in needed if name.startswith("ml.text.")} == {
        module.__name__ for module in masked_texts._MODULES
    }
    assert len(masked_texts.masking_revision()) == 12


def test_a_review_says_something_in_a_language_with_a_tag(shop: Shop) -> None:
    lines = ["r1,tea,{},u1,,,", "r2,tea,{},u1,,Good,english please", "r3,tea,{},,,Good,zh-Hans", "r4,tea,{},u1,Good,,"]
    shop.drop("r.csv", "\n".join([_HEADER, *(line.format(_AT) for line in lines)]), table="reviews")

    shop.land()

    assert shop.accepted("reviews") == ["r3", "r4"]
    assert [(column, reason) for _, column, _, reason in shop.quarantine()] == [
        ("text", "rating, title and text are all missing"),
        ("language", "language is not a BCP 47 tag"),
    ]
