"""``shelduck diff`` of policies and of code, ``shelduck shadow`` and ``shelduck replay``, as a person types them."""

from __future__ import annotations

import json

import polars as pl
import pytest

from ml.recommend import daily
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from tests.console.two_days import command
from tests.recommend.shadow.conftest import FIRST, LAST, RECIPE, shown, shown_once

DIFFERS = 3
__all__ = ["shown", "shown_once"]


@pytest.fixture
def home(shown: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for variable, value in shown.environment().items():
        monkeypatch.setenv(variable, value)
    return shown


def _row(output: str, table: str) -> list[str]:
    return next(line.split() for line in output.splitlines() if line.strip().startswith(table))


def test_two_policies_of_the_newest_day_are_compared_and_the_second_is_computed(home: Settings) -> None:
    code, output = command("diff", "policy:champion", "policy:candidate")
    assert code == DIFFERS, output
    told = " ".join(output.split())
    assert f"policy 0 (rules) and policy candidate (version 1, trained as of {FIRST})" in told
    assert f"Both are of {LAST}." in told and "Shelves that change" in told
    assert _row(output, "popular_item")[3:6] == ["0", "0", "0"], "what no policy decides is the same"
    assert RECIPE in output, "the table of the policy tells by which recipe"
    assert command("diff", "policy:1", "policy:candidate")[0] == 0


def test_a_policy_is_compared_with_what_was_published_of_a_past_day(home: Settings) -> None:
    code, output = command("diff", str(FIRST), "policy:candidate", "--format", "markdown")
    assert code == DIFFERS, output
    assert output.startswith(f"# What changed from what was published for {FIRST} to policy candidate")
    assert f"Both are of {FIRST}." in output
    assert command("diff", "policy:candidate", "policy:1", "--as-of", str(FIRST))[0] == 0
    assert command("diff", "", "policy:0", "--as-of", str(FIRST))[0] == 0


def test_unchanged_code_is_said_to_be_the_same_and_nothing_is_computed(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.shadow.compute_day", lambda *_: pytest.fail("computed for nothing"))
    code, output = command("diff", "", "code")
    assert code == 0, output
    assert "code revision" in output and "are those of version" in " ".join(output.split())


def test_changed_code_shows_what_it_changes_on_the_newest_published_day(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("ml.shadow", "ml.day"):
        monkeypatch.setattr(f"{module}.code_revision", lambda _: "0123456789ab")
    monkeypatch.setattr("ml.recommend.policy.recommend_revision", lambda: "0123456789ab")
    code, output = command("diff", "", "code")
    assert code == 0, "other code that shows the same is no difference"
    assert "code revision 0123456789ab, was " in " ".join(output.split())
    assert "Nothing that is shown differs." in output

    ranked = daily.popular_items
    monkeypatch.setattr(daily, "popular_items", lambda *rest: ranked(*rest).with_columns(trend=pl.lit(77.0)))
    for module in ("ml.shadow", "ml.day"):
        monkeypatch.setattr(f"{module}.code_revision", lambda _: "ba9876543210")
    code, output = command("diff", "", "code", "--capability", RECOMMEND.name)
    assert code == DIFFERS, output
    assert "trend" in _row(output, "popular_item")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["policy:candidate", "policy:nine"], "candidate, champion, a version's number, or 0"),
        (["policy:9", "policy:0"], "version 9"),
        (["policy:0", "policy:1", "--as-of", "2024-01-01"], "Run: shelduck days"),
        (["policy:0", "policy:1", "--capability", "profile"], "Leave --capability out"),
        (["code", "policy:0"], "code as NEW"),
        (["", "code", "--as-of", "2024-01-01"], "Run: shelduck days"),
    ],
)
def test_what_cannot_be_compared_is_refused(home: Settings, words: list[str], told: str) -> None:
    code, output = command("diff", *words)
    assert code not in {0, DIFFERS} and told in " ".join(output.split())


def test_shadow_tells_where_each_day_lies(home: Settings) -> None:
    code, output = command("shadow", "--policy", "candidate", "--as-of", str(FIRST))
    assert code == 0, output
    day, folder = output.split()
    assert day == str(FIRST) and (home.home / folder / "recommendation.parquet").exists()
    code, output = command("shadow", "--policy", "candidate", "--as-of", "2024-03-01", "--until", str(FIRST))
    assert code == 1 and "it would know the future" in output


def test_replay_speaks_table_markdown_and_json(home: Settings) -> None:
    words = ("replay", "--policy", "candidate", "--as-of", str(FIRST), "--until", str(LAST))
    code, output = command(*words)
    assert code == 0 and "By evaluation segment" in output and "Left out" in output
    code, output = command(*words, "--format", "markdown")
    assert code == 0 and output.startswith("# Replay of policy candidate") and "| for_you | ndcg_at_10 |" in output
    code, output = command(*words, "--format", "json", "--horizon", "7")
    told = json.loads(output)
    assert code == 0 and told["days"][0]["days_of_purchases"] == 7 and told["left_out"][-1] == str(LAST)
    assert {each["name"] for each in told["figures"]} == {"hits_at_10", "ndcg_at_10", "revenue_at_10"}
    assert all(each["gain"] == pytest.approx(each["policy"] - each["shown"]) for each in told["figures"])
    assert command(*words, "--format", "html")[0] == 2
