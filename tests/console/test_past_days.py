"""``--as-of``: what a shopper saw on a day that was published before the newest."""

from __future__ import annotations

import pytest

from tests.console.two_days import FIRST, SECOND, command, days, made

__all__ = ["days", "made"]
pytestmark = pytest.mark.usefixtures("days")


@pytest.mark.parametrize("words", [["shelf", "7"], ["page", "7"]])
def test_shelves_and_screens_of_a_past_day_are_shown_as_they_were(words: list[str]) -> None:
    then, now = command(*words, "--as-of", str(FIRST)), command(*words)
    assert then[0] == now[0] == 0
    assert "Mint" in then[1] and "Mint" not in now[1]
    assert str(FIRST) in then[1] or words[0] == "shelf"


def test_a_row_is_traced_to_the_version_of_its_day() -> None:
    _, then = command("why", "7", "item-0", "--as-of", str(FIRST))
    _, now = command("why", "7", "item-0")
    assert _link(then, "policy") == str(FIRST) and _rank(then) == "1"
    assert _link(now, "policy") == str(SECOND) and _rank(now) == "2"


def _rank(printed: str) -> str:
    (line,) = (line for line in printed.splitlines() if line.strip().startswith("for_you") and "on the shelf" in line)
    return line.split("shelf")[1].split()[0]


def _link(printed: str, name: str) -> str:
    return next(line for line in printed.splitlines() if line.strip().startswith(name)).split()[1]


@pytest.mark.parametrize("words", [["shelf", "7"], ["page", "7"], ["why", "7", "item-0"]])
def test_a_day_that_was_not_published_is_named_with_what_to_run(words: list[str]) -> None:
    code, output = command(*words, "--as-of", "2024-06-01")
    assert code == 1
    assert "recommend as of 2024-06-01" in output and "shelduck run --as-of 2024-06-01" in output
