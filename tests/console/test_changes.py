"""``shelduck diff``: two published versions, told to a person in a terminal or a pull request."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from testkit.published import tables

DIFFERS = 3
FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)
NAME = "<img src=x onerror=alert(1)> | \x1b[31m`code`"


@pytest.fixture(autouse=True)
def days(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days; on the second the shopper's first two items change places, and the third has another name."""
    for variable, value in settings.environment().items():
        monkeypatch.setenv(variable, value)
    for day, order, name in ((FIRST, [1, 2, 3], "Mint"), (SECOND, [2, 1, 3], NAME)):
        record = DraftRecord(
            capability="recommend",
            as_of_date=day,
            slice="slices/gone",
            inputs_hash="x",
            code_revision="code",
            policy={"policy_id": str(day)},
        )
        made = tables(day, "word")
        shelf = made[RECOMMENDATION.name].with_columns(pl.Series(Col.rank, order), pl.lit(name).alias(Col.item_name))
        made[RECOMMENDATION.name] = RECOMMENDATION.checked(shelf)
        publish(
            settings,
            RECOMMEND,
            write_draft(settings.drafts_of("recommend") / str(day), RECOMMEND, record, made),
            provenance={},
        )


def diff(*arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(app, ["diff", *arguments])
    return result.exit_code, result.output + str(result.exception or "")


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
