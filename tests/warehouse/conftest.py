"""A tiny shop that is landed and built once for the tests that only look at it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ml.warehouse.slices import Slice
from tests.slow import takes_long
from tests.warehouse.tiny_shop import AS_OF, TinyShop


@pytest.fixture(scope="session")
@takes_long
def landed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data home of the shop, landed and never built: to be copied."""
    home = tmp_path_factory.mktemp("landed") / "var"
    TinyShop(home).drop().land()
    return home


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory, landed_home: Path) -> Path:
    """The same, built as of four days in one run, in a folder with a space in its name: to be copied."""
    home = Path(shutil.copytree(landed_home, tmp_path_factory.mktemp("a built home") / "var"))
    TinyShop(home).build(*AS_OF)
    return home


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> TinyShop:
    """A copy of it for the tests that leave it as it was."""
    return TinyShop(shutil.copytree(built_home, tmp_path_factory.mktemp("a shop") / "var"))


@pytest.fixture(scope="session")
def built(built_shop: TinyShop) -> dict[date, Slice]:
    """Its slices by as-of date."""
    return dict(zip(AS_OF, built_shop.build(*AS_OF), strict=True))
