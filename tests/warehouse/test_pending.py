"""What a build makes again, and what it leaves as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from ml.warehouse.build import _options
from ml.warehouse.connection import Connection, connect
from ml.warehouse.lineage import staged_relations
from ml.warehouse.pending import Pending, is_staged
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import TinyShop


@pytest.fixture
def undone(built_shop: TinyShop, built: dict[date, Slice]) -> Iterator[Connection]:
    """A connection to the built shop; what a test does with it is undone."""
    with connect(built_shop.settings) as connection:
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def test_after_a_build_the_views_on_what_was_landed_stand(undone: Connection) -> None:
    assert is_staged(undone)
    assert {"staging.stg_landing__interactions", "seeds.excluded_categories"} < set(staged_relations())


@pytest.mark.parametrize(
    "change",
    [
        "drop view staging.stg_landing__promotions",
        "drop table seeds.excluded_categories",
        "alter table raw.promotions rename to elsewhere",
        "alter table raw.promotions drop column display",
    ],
)
def test_a_view_that_is_gone_or_does_not_fit_its_table_is_made_again(undone: Connection, change: str) -> None:
    undone.execute(change)

    assert not is_staged(undone)


def test_what_needs_no_run_is_left_out_of_a_build_with_the_aggregates_when_nothing_is_new() -> None:
    week = Pending(date(2017, 12, 1), date(2017, 12, 8), everything=False)

    def left_out(todo: Pending | None, names: Sequence[str]) -> set[str]:
        options = _options(todo, names)
        return set(options[options.index("--exclude") + 1 :]) if "--exclude" in options else set()

    views = ["path:models/staging", "feat_idle"]
    aggregates = "path:models/intermediate/arrivals"
    assert left_out(week, []) == set()
    assert left_out(None, views) == {*views, aggregates}
    assert left_out(week, views) & {*views, aggregates} == set(views)
