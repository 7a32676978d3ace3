"""What a build makes again, and what it leaves as it stands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ml.recommend.capability import RECOMMEND
from ml.warehouse import dbt
from ml.warehouse.build import _options, build
from ml.warehouse.connection import Connection, connect
from ml.warehouse.lineage import staged_relations
from ml.warehouse.pending import Pending, is_staged
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import AS_OF, FIRST, LAST, TinyShop, bytes_of, events, landed


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


@pytest.mark.slow
def test_aggregates_that_failed_with_the_first_days_are_made_with_the_next_ones(
    tmp_path: Path, built_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = TinyShop(shutil.copytree(built_home, tmp_path / "var"))
    late = {"day": FIRST, "arrival": AS_OF[1]}
    shop.write(
        "interactions",
        landed([*events(), *({**each, **late, "event_id": f"late {each['event_id']}"} for each in events())]),
    )
    shop.land()
    model, run = "int_purchases_aggregated_to_session_hours", dbt.run

    def without(settings: Any, command: str, variables: dict[str, Any], *options: str) -> None:
        """It fails, and what is made of it is skipped."""
        monkeypatch.setattr(dbt, "run", run)
        run(
            settings, command, variables, *options[: (at := options.index("--exclude") + 1)], f"{model}+", *options[at:]
        )
        failed = dbt.NodesFailed("dbt build", expected="success", found=f"{model}: ERROR", remedy="")
        failed.models = frozenset({model, "int_baskets_ranked_to_preferences", "customer_profile"})
        raise failed

    monkeypatch.setattr(dbt, "run", without)
    *_, second, third = build(shop.settings, AS_OF[1:], capability=RECOMMEND)

    assert "customer_profile" not in second.record["tables"]
    made = bytes_of([third])
    shutil.rmtree(third.folder)
    assert made == bytes_of(shop.build(LAST))
