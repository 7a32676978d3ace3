"""``shelduck diff``: two published versions, told to a person in a terminal or a pull request."""

from __future__ import annotations

import pytest

from tests.console.two_days import FIRST, SECOND, command, days, made

DIFFERS = 3
__all__ = ["days", "made"]
pytestmark = pytest.mark.usefixtures("days")


def diff(*arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    return command("diff", *arguments)


def test_a_day_beside_itself_shows_no_difference_and_ends_with_0() -> None:
    code, output = diff(str(SECOND), str(SECOND))
    assert code == 0, output
    assert "Nothing differs" in output
    assert "Shelves that change" not in output


def test_without_arguments_the_current_day_is_compared_with_the_day_before() -> None:
    code, output = diff()
    assert code == DIFFERS, output
    assert output.splitlines() == diff(str(FIRST), str(SECOND))[1].splitlines()
    row = next(line for line in output.splitlines() if line.strip().startswith("for_you") and "%" in line)
    assert row.split()[1:5] == ["1", "100.0%", "0.0%", "0.0%"]


def test_what_needs_a_snapshot_that_was_removed_is_said_to_be_left_out() -> None:
    assert "The snapshot was removed" in diff()[1]


def test_markdown_holds_names_as_text() -> None:
    code, output = diff("--format", "markdown")
    assert code == DIFFERS
    assert output.startswith(f"# What changed from {FIRST} to {SECOND}\n")
    assert "<img" not in output
    assert "\x1b" not in output
    shown = [line for line in output.splitlines() if line.startswith("|")]
    assert len(shown) > 10
    assert not any("`" in line.replace("\\`", "") for line in shown)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2024-01-01", str(SECOND)], "two published versions"),
        (["yesterday"], "expected a day such as"),
        ([str(FIRST), str(SECOND), "--format", "html"], "expected table, markdown"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: list[str], told: str) -> None:
    code, output = diff(*arguments)
    assert code not in {0, DIFFERS}
    assert told in " ".join(output.split())
