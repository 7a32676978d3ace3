"""Rows refused are counted by one query, whoever asks: the dbt model as a view, and readers of a landed warehouse."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from ml.settings import Settings
from ml.warehouse.connection import connect
from ml.warehouse.refused import REPEATED_KEY, REPEATED_ROW, refused_rows
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import LAST, TinyShop

_REFUSALS = f"""
    insert into raw.quarantine (table_name, arrival_date, file, row_number, value_class, records) values
    ('interactions', date '{LAST}', 'a.csv', 1, 'not a number', 4),
    ('interactions', date '{LAST}', 'a.csv', 2, '{REPEATED_KEY}', 2),
    ('interactions', date '{LAST}', 'a.csv', 3, '{REPEATED_ROW}', 1),
    ('interactions', date '{LAST}', 'b.csv', null, 'unreadable', 1)
"""


def test_the_query_and_the_model_count_the_same_and_know_the_classes_that_the_loader_writes(
    built_shop: TinyShop, built: dict[date, Slice], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "var", threads=2)
    settings.warehouse_path.parent.mkdir(parents=True)
    shutil.copy(built_shop.settings.warehouse_path, settings.warehouse_path)
    with connect(settings) as connection:
        connection.execute(_REFUSALS)
        asked = connection.execute(refused_rows()).fetchall()
        modelled = connection.execute("from intermediate.int_quarantine_aggregated_to_refusals").fetchall()

    assert asked == modelled == [("interactions", LAST, 5, 3, 1, True)]
