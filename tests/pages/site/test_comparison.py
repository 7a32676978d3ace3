"""A comparison as a page."""

from __future__ import annotations

import pytest

from ml.pages.site.render import CONTENT_POLICY
from ml.settings import Settings
from tests.console.two_days import FIRST, SECOND, command, days, made

__all__ = ["days", "made"]
pytestmark = pytest.mark.usefixtures("days")


def test_a_diff_is_a_page_too_in_both_languages_and_asks_for_nothing(settings: Settings) -> None:
    code, output = command("diff", str(FIRST), str(SECOND), "--format", "page")
    assert code == 3
    folder = settings.reports_dir / "comparison"
    assert str(folder / "index.html") in output
    page, chinese = ((folder / name).read_text() for name in ("index.html", "zh/index.html"))
    assert f"From {FIRST} to {SECOND}." in page
    assert "Shelves that change" in page
    assert "发生变化的货架" in chinese
    assert "shelves.html#" not in page, "there is no such page beside it"
    assert "<img src=x" not in page
    assert CONTENT_POLICY.split(";", maxsplit=1)[0].replace("'", "&#39;") in page


def test_a_folder_with_something_else_is_left_alone(settings: Settings) -> None:
    mine = settings.reports_dir / "comparison" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    code, output = command("diff", str(FIRST), str(SECOND), "--format", "page")
    assert code == 1
    assert "a new or empty folder" in output
    assert [*mine.parent.iterdir()] == [mine]
