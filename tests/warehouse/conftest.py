"""A tiny shop that is landed and built once for the tests that only look at it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tiny_shop import LAST, TinyShop

from ml.warehouse.slices import Slice

AS_OF = (date(2017, 10, 3), date(2017, 11, 20), date(2017, 12, 2), LAST)


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> TinyShop:
    """Landed and built as of four days in one run, in a folder with a space in its name."""
    shop = TinyShop(Path(tmp_path_factory.mktemp("a shop")) / "var").drop().land()
    shop.build(*AS_OF)
    return shop


@pytest.fixture(scope="session")
def built(built_shop: TinyShop) -> dict[date, Slice]:
    """Its slices by as-of date."""
    return dict(zip(AS_OF, built_shop.build(*AS_OF), strict=True))
