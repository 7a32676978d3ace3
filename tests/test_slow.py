"""What ``make test-fast`` runs: no test that needs a fixture that takes long, one case of each other test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.slow import mark_further_cases, mark_slow

TESTS = """
import pytest
from tests.slow import takes_long

@pytest.fixture
@takes_long
def warehouse():
    return 1

@pytest.fixture
def published(warehouse):
    return warehouse

def test_cheap():
    pass

def test_that_needs_a_warehouse(published):
    pass

@pytest.mark.slow
def test_marked_by_hand():
    pass

@pytest.mark.parametrize("n", [1, 2, 3])
def test_of_cases(n):
    pass

@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.slow), 2, 3])
def test_whose_first_case_is_slow(n):
    pass
"""


class _Selection:
    """Marks the collected tests; keeps the marks of each by name."""

    def __init__(self) -> None:
        self.marks: dict[str, set[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        mark_slow(items)
        mark_further_cases(items)
        self.marks = {item.name: {mark.name for mark in item.iter_markers()} - {"parametrize"} for item in items}


def test_a_test_is_slow_by_hand_or_by_a_fixture_and_of_the_others_the_first_case_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "test_shop.py").write_text(TESTS)
    selection = _Selection()
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-c", os.devnull, "-W", "ignore"]
    assert pytest.main([*options, "--rootdir", str(tmp_path), str(tmp_path)], plugins=[selection]) == 0
    assert selection.marks == {
        "test_cheap": set(),
        "test_that_needs_a_warehouse": {"slow"},
        "test_marked_by_hand": {"slow"},
        "test_of_cases[1]": set(),
        "test_of_cases[2]": {"further_case"},
        "test_of_cases[3]": {"further_case"},
        "test_whose_first_case_is_slow[1]": {"slow"},
        "test_whose_first_case_is_slow[2]": set(),
        "test_whose_first_case_is_slow[3]": {"further_case"},
    }


def test_the_command_leaves_out_every_mark_that_says_so(pytestconfig: pytest.Config) -> None:
    command = (pytestconfig.rootpath / "Makefile").read_text().split("test-fast: setup", 1)[1].splitlines()[1]
    declared = {line.split(":")[0] for line in pytestconfig.getini("markers") if "make test" in line}
    assert {"slow", "further_case", "faults", "security"} <= declared
    assert [mark for mark in sorted(declared) if f"not {mark}" not in command] == []
