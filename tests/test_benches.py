"""The scripts in ``bench/`` that `make bench` and the documents name can be started."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BENCHES = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_finds_what_it_imports(name: str) -> None:
    try:
        found = import_module(f"bench.{name}")
    except ModuleNotFoundError as missing:
        if missing.name in BENCHES or str(missing.name).partition(".")[0] in {"bench", "ml", "testkit", "expectations"}:
            raise
        pytest.skip(f"{missing.name} is not installed")
    assert found.__doc__
