"""Products with instructions, offers and claims for names change no text, although they stand first on every list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from ml.copy.daily import compute
from testkit.copy_shop import FrameDay, copy_day

PAYLOADS: Final[list[str]] = [
    each["text"] if isinstance(each, dict) else each
    for each in yaml.safe_load(
        (Path(__file__).parents[1] / "text/validation/injections.yaml").read_text(encoding="utf-8")
    )
]
BRIEF: Final = {"brief_id": "b", "audience_id": "tea", "percent_off": 20.0, "arms": 5}


def _day(briefs: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]] = ()) -> FrameDay:
    return copy_day(Path("nowhere"), dim_copy_brief=briefs, dim_copy_brief_item=items)


def _attacked(day: FrameDay) -> FrameDay:
    """The day with the payloads as names of products that everybody has on the list, and bought last."""
    ids = [f"x{at}" for at in range(len(PAYLOADS))]
    items = pl.DataFrame({"item_id": ids, "item_name": PAYLOADS}).with_columns(
        item_brand=pl.col("item_name"), price=pl.lit(0.01), currency=pl.lit("USD"), is_recommendable=True
    )
    lists = day.published_frames["recommend", "recommendation"]
    users = lists.filter(placement="for_you").select("placement", "user_id").unique()
    first = users.join(pl.DataFrame({"rank": range(-len(ids), 0), "item_id": ids}), how="cross")
    return replace(
        day,
        frames={**day.frames, "dim_item": pl.concat([day.frames["dim_item"], items], how="diagonal")},
        published_frames={
            **day.published_frames,
            ("recommend", "recommendation"): pl.concat([lists, first.select(lists.columns)], how="vertical_relaxed"),
        },
    )


def test_names_that_command_or_promise_change_no_fact_and_no_text() -> None:
    day = _day([BRIEF])
    honest, attacked = compute(day).tables, compute(_attacked(day)).tables
    assert len(PAYLOADS) >= 300 and len(honest["copy_variant"]) > 50
    for name in ("copy_brief", "copy_fact", "copy_variant", "copy_check"):
        assert attacked[name].equals(honest[name]), name


def test_a_brief_that_names_such_products_alone_is_withheld_and_repeats_none_of_them() -> None:
    items = [{"brief_id": "b", "item_id": f"x{at}"} for at in range(len(PAYLOADS))]
    tables = compute(_attacked(_day([BRIEF], items))).tables
    (row,) = tables["copy_brief"].to_dicts()
    assert row["variants"] == 0 and len(row["left_out"]) == len(PAYLOADS)
    assert row["withheld"].startswith("No product can be named")
    assert not any(payload in str(row) for payload in PAYLOADS)
