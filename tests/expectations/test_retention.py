"""Which days' reports stay."""

from __future__ import annotations

from datetime import date, timedelta

from expectations.report import page_path
from expectations.retention import prune_reports
from ml.copy.writing.report import report_path
from ml.landing.arrivals import arrivals_path
from ml.settings import Settings


def test_reports_of_arrivals_gates_and_language_models_go_with_their_day_and_pinned_days_stay(
    settings: Settings,
) -> None:
    newest = date(2025, 6, 1)
    days = [newest - timedelta(days=age) for age in (0, 89, 90, 200)]
    kinds = (arrivals_path, page_path, report_path)
    for path in (kind(settings, day) for day in days for kind in kinds):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert prune_reports(settings, newest, {days[3]}).count == len(kinds)
    for kind in kinds:
        assert [day for day in days if kind(settings, day).exists()] == [days[0], days[1], days[3]]


def test_the_second_site_of_pages_that_earlier_versions_wrote_goes_with_its_day(settings: Settings) -> None:
    newest = date(2025, 6, 1)
    sites = [settings.reports_dir / "data_docs" / str(newest - timedelta(days=age)) for age in (0, 200)]
    for site in sites:
        (site / "features").mkdir(parents=True)
        (site / "features" / "index.html").write_text("<p>")
    assert prune_reports(settings, newest, set()).count == 1
    assert [site.exists() for site in sites] == [True, False]
