"""A day's site: whole, the same each time, replaced at once, and never in the way of what is published."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from expectations.retention import SITE_BUILDS, prune_reports
from ml.cli import app
from ml.errors import NotPublished, SiteRefused
from ml.operations import attempts
from ml.operations.calendar import Calendar
from ml.operations.environment import PROJECT_ROOT
from ml.pages.site import build
from ml.pages.site.build import BuiltSite, build_site, newest_site, site_folder, site_root
from ml.pages.site.render import ASSETS, CONTENT_POLICY
from ml.publish.readers import manifest, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.words import LANGUAGES
from tests.pages.site.conftest import EVERY_KIND
from tests.pages.site.shop import DAY, FIRST, HOSTILE, LONG, pages_of
from tests.test_escape import hidden

SHELL = {"index", "data", "checks", "lineage"}
ALWAYS = SHELL | {"profiles", "shopper", "changes"}
"""What is there whatever the pages of ``recommend`` are."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Read(HTMLParser):
    """Addresses, anchors, headings and text of a page; tags that nothing of the project writes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.handlers: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.anchors |= {given["id"]} if "id" in given else set()
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "a":
            self.links.append(given["href"])
        self.loads += [given[name] for name in ("src",) if name in given]
        self.loads += [given["href"]] if tag == "link" else []

    def handle_data(self, data: str) -> None:
        self.text += data


def _pages(folder: Path) -> list[Read]:
    return [Read(path) for path in sorted(folder.rglob("*.html"))]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_page_stands_in_both_languages_with_equal_content_security(built: BuiltSite) -> None:
    names = {path.relative_to(built.folder).as_posix() for path in built.folder.rglob("*.html")}
    wanted = ALWAYS | {"kinds"}
    assert names == {f"{name}.html" for name in wanted} | {f"zh/{name}.html" for name in wanted}
    for page in _pages(built.folder):
        source = page.path.read_text(encoding="utf-8")
        assert f'http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}"'.replace("'", "&#39;") in source
    assert built.troubles == () and built.front.is_file()


def test_every_link_leads_to_a_place_in_the_site_and_nothing_is_loaded_from_elsewhere(built: BuiltSite) -> None:
    pages = {page.path.resolve(): page for page in _pages(built.folder)}
    followed = 0
    for page in pages.values():
        for address in page.loads:
            assert (page.path.parent / address).resolve().is_file(), address
        for address in page.links:
            path, _, anchor = address.partition("#")
            target = (page.path.parent / unquote(path)).resolve() if path else page.path.resolve()
            assert target in pages, f"{page.path.name}: {address}"
            assert not anchor or anchor in pages[target].anchors, f"{page.path.name}: {address}"
            followed += 1
    assert followed > 100
    style = (built.folder / "assets" / "site.css").read_text()
    assert "url(" not in style and "@import" not in style


def test_the_same_day_gives_the_same_bytes_each_time(own_shop: Settings, tmp_path: Path) -> None:
    first = _bytes(build_site(own_shop, DAY).folder)
    assert len(first) > 15 and _bytes(build_site(own_shop, DAY).folder) == first
    assert _bytes(build_site(own_shop, DAY, tmp_path / "public").folder) == first
    assert [path.name[:10] for path in (site_root(own_shop) / SITE_BUILDS).iterdir()] == [str(DAY)]


def test_the_overview_says_what_the_manifest_says(shop: Settings, built: BuiltSite) -> None:
    found = version_of_day(shop, RECOMMEND, DAY)
    assert found is not None
    told = manifest(shop, RECOMMEND, found.id)
    page = Read(built.front)
    assert told.version in page.text and f"{sum(table.rows for table in told.tables.values()):,}" in page.text
    assert "3 of 4" not in page.text and "2 of 3" in page.text, "one of three checks is a warning"
    assert "1,000" in page.text and "7 refused" in page.text
    data = Read(built.folder / "data.html").text
    assert all(text in data for text in ("993", "1,009", "Mend it"))
    lineage = Read(built.folder / "lineage.html").text
    assert told.tables["recommendation"].content_hash[:12] in lineage and "a" * 12 in lineage


def test_the_feature_that_moved_most_comes_first(built: BuiltSite) -> None:
    rows = re.search(r'id="drift".*?<tbody>(.*?)</tbody>', (built.folder / "data.html").read_text(), re.DOTALL)
    assert rows
    figures = [float(each) for each in re.findall(r">(\d\.\d{3})<", rows[1])]
    assert figures == sorted(figures, reverse=True) and figures[0] > 0.25 and figures[-1] < 0.01


def test_hostile_texts_are_shown_as_text_on_every_page(built: BuiltSite) -> None:
    seen = 0
    for page in _pages(built.folder):
        assert not page.handlers, page.path.name
        assert "img" not in page.tags and "b" not in page.tags
        assert not hidden(page.text.replace("\n", ""))
        assert not any(address.startswith("javascript:") for address in page.links)
        assert "49" not in re.findall(r"in\\u200bvisible (\S+)", page.text)
        seen += "<img src=x onerror=alert(1)>" in page.text
    assert seen >= 2 * len(SHELL - {"index"})
    assert HOSTILE not in built.front.read_text()
    assert LONG in Read(built.folder / "data.html").text, "the whole text can be unfolded"


def test_the_chinese_pages_are_chinese(built: BuiltSite) -> None:
    for path in sorted((built.folder / LANGUAGES[1]).glob("*.html")):
        source = path.read_text(encoding="utf-8")
        assert '<html lang="zh-Hans">' in source
        headings = re.findall(r"<h[12][^>]*>(.*?)</h", source)
        english = [heading for heading in headings if not _CHINESE.search(heading)]
        assert english in ([], ["feat_user", "recommendation"], ["Table"]), path.name
        assert source.count("<th scope=") == 0 or _CHINESE.search(
            " ".join(re.findall(r"<th scope[^>]*>(.*?)</th", source))
        )


def test_pages_that_cannot_be_made_are_told_and_the_rest_is_there(
    own_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in own_shop.environment().items():
        monkeypatch.setenv(variable, value)
    with pages_of(RECOMMEND, EVERY_KIND.replace(":pages", ":broken")):
        result = CliRunner().invoke(app, ["site"])
    assert result.exit_code == 1 and "without the pages of recommend: NotFitted" in result.output
    front = Read(site_folder(own_shop, DAY) / "index.html")
    assert "Pages that are missing" in front.text and "NotFitted: model <b>" in front.text
    assert {path.stem for path in site_folder(own_shop, DAY).glob("*.html")} == ALWAYS


def test_airflows_metadata_which_tasks_may_not_open_is_not_asked_for(
    own_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(attempts, "_has_metadata", lambda *_: asked.append(1) or False)
    assert Calendar(own_shop, RECOMMEND).attempts == {} and len(asked) == 1
    assert build_site(own_shop, DAY).front.is_file() and len(asked) == 1


def test_a_build_that_ends_early_leaves_the_earlier_site_and_the_next_one_sweeps_it(
    own_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _bytes(build_site(own_shop, DAY).folder)
    for step in ("sync_tree", "point"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(build, step, _interrupt)
            build_site(own_shop, DAY)
        assert _bytes(site_folder(own_shop, DAY)) == before
    build_site(own_shop, DAY)
    assert len(list((site_root(own_shop) / SITE_BUILDS).iterdir())) == 1


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_folder_of_something_else_is_refused_and_an_earlier_site_replaced(own_shop: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    build_site(own_shop, FIRST, folder)
    build_site(own_shop, DAY, folder)
    assert json.loads((folder / "site.json").read_text())["day"] == str(DAY)
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    with pytest.raises(SiteRefused, match="something else"):
        build_site(own_shop, DAY, other)
    assert [path.name for path in other.iterdir()] == ["mine.txt"]


def test_a_day_that_was_not_published_has_no_site(own_shop: Settings, settings: Settings) -> None:
    with pytest.raises(NotPublished, match="shelduck run --as-of 2024-01-01"):
        build_site(own_shop, date(2024, 1, 1))
    with pytest.raises(NotPublished, match="newest day"):
        build_site(settings)


def test_sites_of_old_days_are_removed_with_the_other_reports(own_shop: Settings) -> None:
    for day in (FIRST, DAY):
        build_site(own_shop, day)
    assert newest_site(own_shop) == DAY
    prune_reports(own_shop.model_copy(update={"kept_report_days": 1}), DAY, set())
    assert sorted(path.name for path in site_root(own_shop).glob("[0-9]*")) == [str(DAY)]
    assert [path.name[:10] for path in (site_root(own_shop) / SITE_BUILDS).iterdir()] == [str(DAY)]
    assert newest_site(own_shop) == DAY and (site_folder(own_shop, DAY) / "index.html").is_file()


def test_the_vendored_scripts_are_those_that_the_documentation_names() -> None:
    text = (PROJECT_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    scripts = sorted((ASSETS / "vega").glob("*.js"))
    assert [path.name for path in scripts] == ["vega-embed.min.js", "vega-lite.min.js", "vega.min.js"]
    for path in scripts:
        name, content = path.name.removesuffix(".min.js"), path.read_bytes()
        row = re.search(rf"^\| {name} \| ([\d.]+) \| ([\d,]+) \| `(\w+)` \|$", text, re.MULTILINE)
        assert row and f'"{row[1]}"'.encode() in content and f"{name}@{row[1]}" in text
        assert (f"{len(content):,}", hashlib.sha256(content).hexdigest()) == (row[2], row[3])
        assert "Redistribution and use" in path.with_name(f"{name}.LICENSE.txt").read_text()
