"""The tab Day: what stands on it for days of each kind, that its commands can be pasted, and what it serves beside."""

from __future__ import annotations

import shlex
import subprocess
from datetime import date
from pathlib import Path

import pytest

from ml.landing.folder import close_day
from ml.landing.load import land
from ml.operations.calendar import MISSING, NOT_CLOSED, Calendar, calendar_table, told_run
from ml.pages.day import DayPage, render
from ml.pages.reports import report_file
from ml.recommend.capability import RECOMMEND
from ml.reviews.capability import REVIEWS
from ml.settings import Settings
from testkit.shop import write_rules, write_shop

DAY = date(2025, 3, 1)
OPEN = date(2025, 3, 2)


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    """A shop of one closed day in a folder whose name a shell would take apart."""
    settings = Settings(home=tmp_path / "a shop's", timezone="Europe/Berlin", k=6)
    write_shop(settings.landing_dir, 1)
    return settings


def _page(settings: Settings, day: date) -> str:
    return render(DayPage.of(settings, RECOMMEND, day))


def _body(page: str) -> str:
    """The page without its styles."""
    return page.partition("</style>")[2]


def _pasted(settings: Settings, day: date) -> list[list[str]]:
    return [shlex.split(command) for command in DayPage.of(settings, RECOMMEND, day).commands]


def test_a_day_that_is_not_closed_says_so_and_gives_the_command_that_closes_it(shop: Settings) -> None:
    assert Calendar(shop, RECOMMEND).day(OPEN).status == NOT_CLOSED
    page = _page(shop, OPEN)
    assert "not closed" in page and "Close it when its files are complete" in page
    commands = _pasted(shop, OPEN)
    assert [command[1:] for command in commands if command[0].endswith("/shelduck")] == [["close", str(OPEN)]]
    assert commands.index(commands[-1]) > 1, "closing comes before the backfill"
    close_day(shop, OPEN)
    assert Calendar(shop, RECOMMEND).day(OPEN).status == MISSING
    assert ["close", str(OPEN)] not in [command[1:] for command in _pasted(shop, OPEN)]


def test_a_day_without_files_for_a_capability_is_not_called_missing_and_gives_nothing_to_run(shop: Settings) -> None:
    page = DayPage.of(shop, REVIEWS, DAY)
    assert page.commands == () and {day.status for day in page.around} == {"no files"}
    told = render(page)
    assert "the shop landed no files for this capability" in told and "missing" not in _body(told)


def test_the_commands_of_the_page_work_when_they_are_pasted_into_an_empty_shell(shop: Settings, tmp_path: Path) -> None:
    commands = [command for command in DayPage.of(shop, RECOMMEND, OPEN).commands if not command.startswith("airflow")]
    script = "\n".join([*commands, "type -P airflow", 'echo "$AIRFLOW_HOME"'])
    ran = subprocess.run(
        ["bash", "-eu"],
        check=False,
        input=script,
        env={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert f"{OPEN} is closed" in ran.stdout and (shop.landing_dir / "_closed" / str(OPEN)).exists()
    airflow, home = ran.stdout.splitlines()[-2:]
    assert Path(airflow).name == "airflow" and home == str(shop.home / "airflow")


def test_the_page_shows_what_was_refused_noticed_and_stops_publication(shop: Settings) -> None:
    write_rules(
        shop.landing_dir,
        DAY,
        {
            "rule_id": "<b>recall</b>",
            "rule_type": "exclude",
            "item_field": "item_id",
            "item_value": "g00",
            "enabled": "perhaps",
            "hue": "red",
        },
    )
    land(shop, DAY)
    page = _page(shop, DAY)
    assert "What stops its publication" in page and "enabled is no true or false" in page
    assert f"shelduck waive --why REASON --as-of {DAY} rules" in page
    assert "rules: unknown columns are left out: hue" in page
    assert "&lt;b&gt;recall&lt;/b&gt;" in page and "<b>recall" not in page


def test_a_day_of_which_all_was_accepted_shows_counts_and_no_complaint(shop: Settings) -> None:
    land(shop, DAY)
    page = _page(shop, DAY)
    assert "What arrived" in page and "interactions" in page
    assert "What stops" not in page and "What was refused" not in page and "Noticed" not in page


def test_times_are_told_with_their_zone(shop: Settings) -> None:
    from datetime import UTC, datetime

    from ml.operations.attempts import Attempt

    moment = datetime(2025, 3, 1, 22, 5, tzinfo=UTC)
    assert told_run(Attempt(DAY, "r", "failed", moment)) == "failed 2025-03-01 22:05 UTC"
    assert calendar_table([Calendar(shop, RECOMMEND).day(OPEN)]).row_count == 1


def test_the_gates_page_is_linked_where_there_is_one_and_nothing_else_is_served(shop: Settings) -> None:
    gates = shop.reports_dir / "gates"
    gates.mkdir(parents=True)
    (gates / f"{DAY}.html").write_text("the gates")
    (gates / f"{DAY}.json").write_text("{}")
    (shop.home / "secret.html").write_text("no")
    (gates / "link.html").symlink_to(shop.home / "secret.html")
    assert f'href="reports/gates/{DAY}.html"' in _page(shop, DAY) and "reports/gates" not in _page(shop, OPEN)
    assert report_file(shop, f"gates/{DAY}.html") == gates.resolve() / f"{DAY}.html"
    outside = ("gates/../../secret.html", str(shop.home / "secret.html"), "gates/link.html", f"gates/{DAY}.json")
    for path in (*outside, "", "gates", "gates/no.html", "landing/2025-03-01.html", "gates/\0.html"):
        assert report_file(shop, path) is None, path
