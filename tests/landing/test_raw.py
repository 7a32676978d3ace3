"""The raw schema is there as a whole or not at all."""

from __future__ import annotations

import pytest

from ml.landing import raw
from tests.landing.conftest import Shop, event


def test_a_raw_schema_whose_making_ended_early_is_not_there_and_is_made_by_the_next_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.events(event("e1"))

    def end(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(raw, "_create_restriction_views", end)
        shop.land()
    assert shop.query("select table_name from duckdb_tables() where schema_name = 'raw'") == []
    shop.land()
    assert shop.accepted() == ["e1"]
