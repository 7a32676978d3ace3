"""What ``make test-fast`` leaves out: slow tests, and all but the first case of each parametrized one.

A test is slow that is marked so by hand, lies in ``tests/e2e``, or needs a fixture that takes long to make.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])
_LEFT_OUT = ("slow", "faults", "security")
_REAL_DAGS = Path(__file__).parent / "e2e"


def takes_long(make: F) -> F:
    """Of a fixture, below ``@pytest.fixture``: it starts Airflow, dbt or MLflow; every test that needs it is slow."""
    make.takes_long = True  # type: ignore[attr-defined]
    return make


def mark_slow(items: list[pytest.Item]) -> None:
    """Add the mark ``slow`` to all tests that are."""
    for item in items:
        if _REAL_DAGS in item.path.parents or any(_takes_long(fixture) for fixture in _fixtures(item)):
            item.add_marker(pytest.mark.slow)


def mark_further_cases(items: list[pytest.Item]) -> None:
    """Add the mark ``further_case`` to all but the first case of each parametrized test that is not slow."""
    seen = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if test in seen:
            item.add_marker(pytest.mark.further_case)
        elif not any(item.get_closest_marker(mark) for mark in _LEFT_OUT):
            seen.add(test)


def _fixtures(item: pytest.Item) -> list[Any]:
    """The fixtures that a test needs, also through others; of those of one name the one that it gets."""
    found = getattr(item, "_fixtureinfo", None)  # pytest has no public name for it
    return [definitions[-1] for definitions in found.name2fixturedefs.values()] if found else []


def _takes_long(fixture: Any) -> bool:
    return bool(getattr(fixture.func, "takes_long", False))
