"""A tiny shop that is landed and built once for the tests that only look at it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.warehouse.slices import Slice
from tests.slow import takes_long
from tests.warehouse.tiny_shop import AS_OF, TinyShop


@pytest.fixture(scope="session")
@takes_long
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> TinyShop:
    """Landed and built as of four days in one run, in a folder with a space in its name."""
    shop = TinyShop(Path(tmp_path_factory.mktemp("a shop")) / "var").drop().land()
    shop.build(*AS_OF)
    return shop


@pytest.fixture(scope="session")
def built(built_shop: TinyShop) -> dict[date, Slice]:
    """Its slices by as-of date."""
    return dict(zip(AS_OF, built_shop.build(*AS_OF), strict=True))
