"""Lists depend on what was learned and on the request, not on the processor or on how the work is cut.

A saved recommender ranks in one process per BLAS kernel that this processor can run. What is compared is exact: users,
ranks, items, scores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ml.recommend.models.sasrec import SASRec
from ml.recommend.recommenders import RECOMMENDERS
from tests.recommend.conftest import AS_OF
from tests.recommend.kernel_lists import K, shop
from tests.slow import takes_long

PROJECT = Path(__file__).parents[2]
SOLVES = {"als", "biased_svd", "buy_it_when_due", "two_stage", "sasrec"}
"""They solve equations, or run a network, when they rank; the last bits of that are the processor's."""
NUMPY = "NPY_DISABLE_CPU_FEATURES"


def _flags() -> set[str]:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return set(next((line.split(":")[1] for line in lines if line.startswith("flags")), "").split())


def _kernels() -> dict[str, dict[str, str]]:
    """Environments by name; with AVX2, NumPy's own loops are those of an older processor in one of them."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    newer = " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))
    found: dict[str, dict[str, str]] = {"as it is": {}}
    if "avx2" in _flags():
        found["Haswell"] = {"OPENBLAS_CORETYPE": "Haswell"} | ({NUMPY: newer} if newer else {})
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= _flags():
        found["SkylakeX"] = {"OPENBLAS_CORETYPE": "SkylakeX"}
    return found


KERNELS = _kernels()
REST = {"SkylakeX"}
"""Commonly what it is as it is; with the faults."""
MARKED = [pytest.param(name, marks=[pytest.mark.faults] * (name in REST)) for name in KERNELS]
NAMES = [each.name for each in RECOMMENDERS if each is not SASRec or find_spec("torch")]


@pytest.fixture(scope="module")
@takes_long
def listed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Kernel name -> recommender -> its lists, by each way to cut the work."""
    folder = tmp_path_factory.mktemp("recommenders")
    history, items = shop()
    for kind in RECOMMENDERS:
        if kind.name in NAMES:
            kind().fit(history, items, AS_OF).save(folder / kind.name)

    @cache
    def run(name: str) -> dict[str, list[list[Any]]]:
        kept = {key: value for key, value in os.environ.items() if key not in ("OPENBLAS_CORETYPE", NUMPY)}
        command = [sys.executable, "-m", "tests.recommend.kernel_lists", str(folder)]
        done = subprocess.run(
            command, check=False, env=kept | KERNELS[name], cwd=PROJECT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert KERNELS[name].get("OPENBLAS_CORETYPE", told["kernels"][0]) in told["kernels"]
        return dict(told["lists"])

    return run


@pytest.mark.parametrize("kernel", MARKED)
def test_neither_blocks_threads_nor_shards_change_a_row(kernel: str, listed: Any) -> None:
    lists = listed(kernel)
    assert sorted(lists) == sorted(NAMES)
    for name, (whole, *cut) in lists.items():
        assert len(whole) == 9 * K, name
        assert len(cut) == 4
        assert all(each == whole for each in cut), name


@pytest.mark.parametrize("kernel", MARKED[1:])
def test_another_processor_gives_the_same_rows(kernel: str, listed: Any) -> None:
    here, there = listed("as it is"), listed(kernel)
    differing = {name: sum(a != b for a, b in zip(here[name][0], there[name][0], strict=True)) for name in NAMES}
    assert {name: count for name, count in differing.items() if count and name not in SOLVES} == {}
    assert all(count <= 0.05 * 9 * K for count in differing.values()), differing
