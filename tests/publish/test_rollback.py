"""A person can take readers back; new days wait beside until the pin is released."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.errors import NotPublished
from ml.publish import readers
from ml.publish.journal import publications
from ml.publish.rollback import release, rollback
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

MakeDraft = Callable[..., Path]
D1, D2, D3 = (date(2017, 12, day) for day in (2, 3, 4))


def test_a_rollback_holds_until_it_is_released(settings: Settings, make_draft: MakeDraft) -> None:
    first, second = (publish(settings, RECOMMEND, make_draft(day), provenance={}).version_id for day in (D1, D2))
    assert rollback(settings, RECOMMEND, D1, who="ana", why="wrong prices").id == first
    third = publish(settings, RECOMMEND, make_draft(D3), provenance={})
    assert not third.is_current and readers.current_version(settings, RECOMMEND).id == first
    assert readers.newest_as_of(settings, RECOMMEND) == D3
    released = release(settings, RECOMMEND, who="ana", why="prices mended")
    assert released is not None and released.id == third.version_id == readers.current_version(settings, RECOMMEND).id
    assert second in {found.id for found in readers.versions(settings, RECOMMEND)}


def test_the_journal_tells_every_rollback_and_release(settings: Settings, make_draft: MakeDraft) -> None:
    versions = [publish(settings, RECOMMEND, make_draft(day), provenance={}).version_id for day in (D1, D2)]
    for _ in range(2):
        rollback(settings, RECOMMEND, versions[0], who="ana", why="wrong prices")
        release(settings, RECOMMEND, who="ben", why="mended")
    told = [(line["event"], line["version"], line.get("who")) for line in publications(settings, RECOMMEND)]
    assert told == [
        ("publish", versions[0], None),
        ("publish", versions[1], None),
        *[("rollback", versions[0], "ana"), ("release", versions[1], "ben")] * 2,
    ]


def test_a_rerun_of_the_pinned_day_stays_beside_the_pin(settings: Settings, make_draft: MakeDraft) -> None:
    first = publish(settings, RECOMMEND, make_draft(D1), provenance={}).version_id
    rollback(settings, RECOMMEND, D1, who="ana", why="as it was")
    assert not publish(settings, RECOMMEND, make_draft(D1, "other"), provenance={}).is_current
    assert readers.current_version(settings, RECOMMEND).id == first


@pytest.mark.parametrize(
    "to", ["", "yesterday", "2017-12-02", "../../x", "2017-12-02-x/../../..", "2017-12-02-" + "0" * 13]
)
def test_a_target_that_is_no_version_id_is_refused_and_leads_nowhere(
    settings: Settings, make_draft: MakeDraft, to: str
) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    with pytest.raises(NotPublished, match="shelduck days"):
        rollback(settings, RECOMMEND, to, who="ana", why="a try")
    with pytest.raises(NotPublished):
        readers.read_table(settings, RECOMMEND, "recommendation", to)
    assert [line["event"] for line in publications(settings, RECOMMEND)] == ["publish"]


def test_a_copy_of_a_version_under_another_name_is_no_version(settings: Settings, make_draft: MakeDraft) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    folder = settings.published_of("recommend") / "versions"
    shutil.copytree(folder / published.version_id, folder / f"{published.version_id} (1)")
    assert [found.id for found in readers.versions(settings, RECOMMEND)] == [published.version_id]


@pytest.mark.parametrize("content", ["", "{", '{"version": 7}', "\udcff"])
def test_a_damaged_pin_is_told_with_the_way_out(settings: Settings, make_draft: MakeDraft, content: str) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    pin = settings.published_of("recommend") / "pin.json"
    pin.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(NotPublished, match="Delete that file, then run: shelduck release"):
        release(settings, RECOMMEND, who="ana", why="a try")
    pin.unlink()
    assert release(settings, RECOMMEND, who="ana", why="mended") is not None


def test_a_release_without_a_pin_does_nothing(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    release(settings, RECOMMEND, who="ana", why="nothing")
    assert [line["event"] for line in publications(settings, RECOMMEND)] == ["publish"]


def test_an_unknown_or_damaged_target_is_refused_and_nothing_moves(settings: Settings, make_draft: MakeDraft) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    with pytest.raises(NotPublished, match=f"version 2017-12-03: .*found {published.version_id}. Run: shelduck days"):
        rollback(settings, RECOMMEND, D2, who="ana", why="?")
    (settings.home / published.path / "policy.parquet").unlink()
    with pytest.raises(NotPublished, match=r"policy.parquet: missing. Run: shelduck run --as-of 2017-12-02"):
        rollback(settings, RECOMMEND, D1, who="ana", why="?")
    assert not (settings.published_of("recommend") / "pin.json").exists()


def test_a_pin_whose_version_is_gone_says_so(settings: Settings, make_draft: MakeDraft) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    rollback(settings, RECOMMEND, D1, who="ana", why="x")
    (settings.home / published.path).rename(settings.home / "elsewhere")
    with pytest.raises(NotPublished, match=r"pinned version 2017-12-02-.*shelduck release"):
        publish(settings, RECOMMEND, make_draft(D2), provenance={})
    released = release(settings, RECOMMEND, who="ana", why="gone")
    assert released is not None and released.as_of == D2
