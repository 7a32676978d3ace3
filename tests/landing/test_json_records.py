"""JSON lines: typed values are judged as Parquet's are, unknown names are told as CSV's are."""

from __future__ import annotations

import json

import pytest

from tests.landing.conftest import Shop

EVENT = {"event_id": "e1", "user_id": "u", "item_id": "i", "event_type": "purchase", "event_ts": "2025-03-03T09:00:00Z"}


def _line(**changes: object) -> str:
    return json.dumps({**EVENT, **changes})


def test_unknown_names_give_the_notice_that_csv_gives(shop: Shop) -> None:
    names = ("Quantity", "eventValue", "sessionId")
    shop.drop("e.jsonl", "\n".join((_line(), _line(event_id="e2", **dict.fromkeys(names, 1)))))
    shop.drop(
        "e.csv", ",".join((*EVENT, *names)) + "\n" + ",".join((*{**EVENT, "event_id": "e3"}.values(), "1", "1", "1"))
    )
    report = shop.land()
    assert shop.accepted() == ["e1", "e2", "e3"]
    told = "Quantity (rename it quantity?), eventValue (rename it event_value?), sessionId (rename it session_id?)"
    assert report.notices == (f"interactions: unknown columns are left out: {told}",)


@pytest.mark.parametrize(
    "line",
    ['{"alice@example.org": 1}', _line(**{"u4711-0815-23": 1}), _line(**{"2025-03-03": 1, "x" * 99: 1})],
)
def test_names_that_look_like_values_are_counted_not_shown(shop: Shop, line: str) -> None:
    shop.drop("e.jsonl", line)
    (notice,) = shop.land().notices
    assert "more that are not shown" in notice
    assert not any(text in notice for text in ("alice", "4711", "2025", "xxx"))


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"user_id": float("nan")}, "user_id", "user_id is NaN, a missing value"),
        ({"user_id": 17850.0}, "user_id", "user_id is no whole number and no text"),
        ({"item_id": 1.23e12}, "item_id", "item_id is no whole number and no text"),
        ({"user_id": True}, "user_id", "user_id is true or false"),
        ({"channel": float("inf")}, "channel", "channel is infinite"),
        ({"channel": ["web"]}, "channel", "channel is nested"),
    ],
)
def test_a_value_of_a_type_that_its_column_cannot_be_is_refused(
    shop: Shop, changes: dict[str, object], column: str, reason: str
) -> None:
    shop.drop("e.jsonl", "\n".join((_line(**changes), _line(event_id="e2", user_id=17850))))
    shop.land()
    assert shop.accepted() == ["e2"]
    assert [(row[0], row[1], row[3]) for row in shop.quarantine()] == [(1, column, reason)]


def test_nan_is_no_value_where_one_may_be_missing(shop: Shop) -> None:
    missing = float("nan")
    shop.drop("e.jsonl", _line(session_id=missing, channel=missing, quantity=missing, position=missing))
    shop.land()
    assert shop.query("select session_id, channel, quantity, position from raw.interactions") == [(None,) * 4]


def test_hostile_json_costs_its_line(shop: Shop) -> None:
    lines = ['{"event_id": ' + "[" * 100_000, '{"event_id": ' + "[" * 900 + "]" * 900 + "}", "[" * 900 + "]" * 900]
    lines.append(_line(event_id="e2")[:-1] + ', "quantity": ' + "9" * 1_000_000 + "}")
    lines.append(_line(event_id="e3")[:-1] + ', "extra": ' + "9" * 1_000_000 + "}")
    shop.drop("e.jsonl", "\n".join((*lines, _line())))
    report = shop.land()
    assert shop.accepted() == ["e1", "e3"]
    assert [row[0] for row in shop.quarantine()] == [1, 2, 3, 4]
    assert (report.rows_read, report.rows_quarantined) == (6, 4)


def test_bare_cr_ends_json_lines_too(shop: Shop) -> None:
    shop.drop("a.jsonl", "\r".join((_line(), _line(event_id="e2"), "")))
    shop.drop("b.jsonl", _line(event_id="e3") + "\n" + _line(event_id="x") + "\r" + _line(event_id="y") + "\n")
    shop.land()
    assert shop.accepted() == ["e1", "e2", "e3"]
    assert [row[0] for row in shop.quarantine()] == [2, 3]
