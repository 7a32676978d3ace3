"""Whom a brief is written for: members of its audience, as the day's consents allow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from ml.copy.sheets.daily import requests_of
from testkit.copy_shop import copy_day


@pytest.mark.parametrize(
    ("purpose", "consent", "words", "reached"),
    [
        ("marketing", "assumed", [("s003", "marketing", False), ("s004", "news", False)], 29),
        ("news", "assumed", [("s003", "marketing", False), ("s004", "news", False)], 28),
        ("news", "landed", [("s003", "news", True), ("s004", "news", True), ("s004", "marketing", False)], 1),
        ("news", "landed", [("s003", "marketing", True)], None),
    ],
)
def test_members_of_an_audience_are_written_to_as_the_days_consents_allow(
    tmp_path: Path,
    purpose: str,
    consent: Literal["landed", "assumed"],
    words: list[tuple[str, str, bool]],
    reached: int | None,
) -> None:
    brief = {"brief_id": "b", "name": "B", "audience_id": "wine"}
    day = copy_day(tmp_path, consent, dim_copy_brief=[brief], dim_copy_brief_item=[{"brief_id": "b", "item_id": "i0"}])
    said = pl.DataFrame(words, schema=day.table("dim_consent").schema, orient="row")
    told = day.published("audiences", "audience").with_columns(purpose=pl.lit(purpose))
    published = {**day.published_frames, ("audiences", "audience"): told}
    made = requests_of(replace(day, frames={**day.frames, "dim_consent": said}, published_frames=published))
    assert made.copy_brief["recipients"].to_list() == [reached]
    assert ("Nobody in the audience wine may be written to" in made.copy_brief["withheld"][0]) == (reached is None)
