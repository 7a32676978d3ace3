"""The site behind Airflow's login: no byte without one, and no file of the data home but the site's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from dags.common.pages import ShelduckPages
from ml.pages.site.build import build_site, site_folder
from ml.pages.site.render import CONTENT_POLICY
from ml.pages.site.served import router, site_file
from ml.settings import Settings
from tests.pages.site.shop import DAY, FIRST
from tests.slow import takes_long


@pytest.fixture
def served(own_shop: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for day in (FIRST, DAY):
        build_site(own_shop, day)
    for variable, value in own_shop.environment().items():
        monkeypatch.setenv(variable, value)
    return own_shop


@pytest.fixture
@takes_long
def anyone() -> Iterator[TestClient]:
    """Somebody without a login, as Airflow mounts the pages."""
    from airflow.api_fastapi.app import create_app

    yield TestClient(create_app(apps="core"), follow_redirects=False, raise_server_exceptions=True)


@pytest.fixture
def reader() -> TestClient:
    """Somebody whom Airflow lets read the DAG."""
    outer, inner = FastAPI(), FastAPI()
    inner.include_router(router)
    for route in _routes(inner):
        for each in route.dependant.dependencies:
            inner.dependency_overrides[each.call] = lambda: None
    outer.mount("/shelduck", inner)
    return TestClient(outer, follow_redirects=False)


def _routes(app: Any) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def test_without_a_login_no_byte_is_served(served: Settings, anyone: TestClient) -> None:
    files = [path.relative_to(site_folder(served, DAY)).as_posix() for path in site_folder(served, DAY).rglob("*.*")]
    assert {"index.html", "zh/data.html", "assets/site.css", "assets/vega/vega.min.js", "site.json"} <= set(files)
    for path in ("", "/", f"/{DAY}/", *(f"/{DAY}/{name}" for name in files), f"/{DAY}/none.html"):
        answer = anyone.get(f"/shelduck/site{path}")
        assert answer.status_code == 401, path
        assert len(answer.content) < 100 and b"Shelduck" not in answer.content


def test_every_page_of_the_application_asks_for_a_login() -> None:
    from ml.pages.day import app

    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert {route.path for route in routes} >= {"/site", "/site/", "/site/{day}/{path:path}", "/day"}
    assert len(routes) == len(app.routes), "no mount, no documentation"
    for route in routes:
        assert [each.call.__qualname__ for each in route.dependant.dependencies] == [
            "requires_access_dag.<locals>.inner"
        ]
        assert route.methods == {"GET"}, "who may read can trigger nothing here"


def test_a_reader_is_led_to_the_newest_day_and_gets_its_files_with_a_strict_policy(
    served: Settings, reader: TestClient
) -> None:
    found = reader.get("/shelduck/site")
    assert (found.status_code, found.headers["location"]) == (307, f"/shelduck/site/{DAY}/index.html")
    page = reader.get(found.headers["location"])
    assert page.status_code == 200 and "Overview" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith(CONTENT_POLICY.replace(" file:", "")) and "frame-ancestors 'self'" in policy
    assert page.headers["cache-control"] == "no-store" and page.headers["x-content-type-options"] == "nosniff"
    kinds = {name: reader.get(f"/shelduck/site/{DAY}/assets/{name}").headers["content-type"] for name in _ASSETS}
    assert kinds == _ASSETS
    assert reader.get(f"/shelduck/site/{FIRST}/").status_code == 200, "an earlier day has its own"


_ASSETS = {
    "site.css": "text/css; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}


def test_before_the_first_site_a_reader_is_told_how_to_make_one(
    settings: Settings, reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    found = reader.get("/shelduck/site")
    assert found.status_code == 404 and "shelduck site" in found.text


def test_nothing_else_of_the_data_home_is_served(served: Settings) -> None:
    (served.home / "secret.txt").write_text("secret")
    (site_folder(served, DAY) / "secret.txt").symlink_to(served.home / "secret.txt")
    (site_folder(served, DAY) / "notes.md").write_text("notes")
    assert site_file(served, str(DAY), "index.html") is not None
    for day, path in (
        (str(DAY), "../../../published/recommend/current/manifest.json"),
        (str(DAY), "/etc/passwd"),
        (str(DAY), "a\x00b.html"),
        (str(DAY), "x" * 5000 + ".html"),
        (str(DAY), "secret.txt"),
        (str(DAY), "notes.md"),
        (str(DAY), "assets"),
        ("..", "shelduck.toml"),
        (".builds", "index.html"),
        ("2024-01-01", "index.html"),
    ):
        assert site_file(served, day, path) is None, (day, path)


def test_the_navigation_of_airflow_leads_to_it() -> None:
    views = {view["name"]: view for view in ShelduckPages.external_views}
    assert views["Shelduck"]["destination"] == "nav" and views["Shelduck"]["href"] == "/shelduck/site"
