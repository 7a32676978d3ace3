"""Where the pages of the capabilities lead."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

from ml.pages.look_ups.files import shard
from ml.pages.site.build import BuiltSite

_LINK = re.compile(r'href="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')
_LOOK_UP = re.compile(r'<script type="application/json">(\{"name".*?)</script>')
PAGES = ("shelves", "models", "profiles", "changes")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_link_and_every_fact_of_a_shelf_leads_to_a_place_in_the_site(page_site: BuiltSite) -> None:
    followed = set()
    for folder in (page_site.folder, page_site.folder / "zh"):
        for name in PAGES:
            text = text_of(folder / f"{name}.html")
            told = [json.loads(each) for each in _LOOK_UP.findall(text)]
            facts = [fact[2]["href"] for each in told for part in each["parts"] for fact in part["facts"]]
            for link in [*_LINK.findall(text), *filter(None, facts)]:
                page, _, place = link.partition("#")
                target = (folder / page if page else folder / f"{name}.html").resolve()
                assert target.is_file(), (name, link)
                if place and "=" not in place:
                    assert place in _ID.findall(text_of(target)), (name, link)
                followed.add(link)
    assert {"models.html", "lineage.html", "#most-shown", "#stages"} <= followed


def test_every_product_and_shopper_that_is_linked_has_a_record(page_site: BuiltSite) -> None:
    look_ups = {
        each["name"]: each for each in map(json.loads, _LOOK_UP.findall(text_of(page_site.folder / "shelves.html")))
    }
    linked = {
        tuple(link.partition("#")[2].split("=", 1))
        for name in PAGES
        for link in _LINK.findall(text_of(page_site.folder / f"{name}.html"))
        if "=" in link.partition("#")[2]
    }
    assert len(linked) > 20
    for name, record in linked:
        number = shard(unquote(record), look_ups[name]["shards"])
        assert (page_site.folder / "look-up" / name / f"{number:x}.js").is_file()
