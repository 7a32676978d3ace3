"""Importing Great Expectations: what no suite needs waits until somebody does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from expectations.imports import put_off

LATER = """
import gc, sys
from expectations.imports import import_quietly
import_quietly()
import great_expectations.expectations
assert gc.isenabled()
assert not {"scipy.stats._stats_py", "altair.vegalite"} & set(sys.modules), "imported"
import scipy.stats
from scipy import stats
assert stats.entropy([0.5, 0.5], [0.5, 0.5]) == 0 and scipy.stats.norm.cdf(0) == 0.5
assert "scipy.stats._stats_py" in sys.modules
"""


def test_great_expectations_leaves_statistics_and_charts_to_whoever_uses_them() -> None:
    ended = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_module_put_off_is_imported_when_one_of_its_names_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shelduck_seldom.py").write_text("import sys\nsys.shelduck_seldom_ran = True\nname = 'found'\n")
    monkeypatch.syspath_prepend(tmp_path)
    put_off(("shelduck_seldom", "shelduck_that_nobody_has"))
    assert "shelduck_that_nobody_has" not in sys.modules
    import shelduck_seldom  # type: ignore[import-not-found]

    assert not hasattr(sys, "shelduck_seldom_ran")
    assert shelduck_seldom.name == "found" and hasattr(sys, "shelduck_seldom_ran")
    with pytest.raises(AttributeError):
        _ = shelduck_seldom.other
    monkeypatch.delattr(sys, "shelduck_seldom_ran")
    monkeypatch.delitem(sys.modules, "shelduck_seldom")
