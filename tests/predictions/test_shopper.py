"""What the page Shopper shows of predictions: as published, with intervals where there are some."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from ml.predictions.capability import PREDICTIONS
from ml.predictions.columns import Prediction
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.predictions.pages.shopper import PREDICTED, shopper
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.readers import current_version
from ml.publish.versions import publish
from ml.settings import Settings
from testkit.published import one_row

DAY = date(2025, 3, 1)


def test_shares_money_days_and_intervals_are_told_as_people_read_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    given = {Prediction.purchase_28d: 0.1234, Prediction.spend_90d: 61.239, Prediction.spend_90d_low: None}
    rows = [
        one_row(CUSTOMER_PREDICTION, DAY, user_id="7", **given),
        one_row(CUSTOMER_PREDICTION, DAY, user_id="8", **{Prediction.next_order_date: None}),
    ]
    made = {each.name: each.empty() for each in PREDICTIONS.outputs} | {CUSTOMER_PREDICTION.name: pl.concat(rows)}
    record = DraftRecord(
        capability=PREDICTIONS.name, as_of_date=DAY, slice="slices/none", inputs_hash="x", code_revision="c0de"
    )
    publish(settings, PREDICTIONS, write_draft(tmp_path / "draft", PREDICTIONS, record, made), provenance={})
    parts = shopper(settings, current_version(settings, PREDICTIONS))
    found = {user: json.loads(body)[PREDICTED] for user, body in parts.records(["8", "7"])}
    rows_of = {what: place for place, what in enumerate(found["7"]["what"])}
    assert found["7"]["value"][rows_of[Prediction.purchase_28d]] == "12.3 %"
    spend, later = rows_of[Prediction.spend_90d], rows_of[Prediction.spend_28d]
    assert [found["7"][key][spend] for key in ("value", "low", "high")] == ["61.24", None, "1.0"]
    assert [found["7"][key][later] for key in ("value", "low", "high")] == ["1.0", "1.0", "1.0"]
    assert found["7"]["value"][rows_of[Prediction.next_order_date]] == str(DAY)
    assert found["8"]["value"][rows_of[Prediction.next_order_date]] is None
    assert parts.ids == ["7", "8"]
