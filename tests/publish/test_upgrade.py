"""A data home of the release with one capability is brought into today's form, however often it is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.publish import readers, upgrade
from ml.publish.journal import publications
from ml.publish.rollback import release, rollback
from ml.publish.store import faults
from ml.publish.upgrade import needs_upgrade, upgrade_home
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from testkit.published import as_sealed_before

MakeDraft = Callable[..., Path]
D1, D2 = date(2017, 12, 2), date(2017, 12, 3)


@pytest.fixture
def old_home(settings: Settings, make_draft: MakeDraft) -> Settings:
    """Two days, readers pinned to the first, a draft: as the earlier release laid them out."""
    first = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    publish(settings, RECOMMEND, make_draft(D2), provenance={})
    rollback(settings, RECOMMEND, D1, who="ann", why="a test")
    as_sealed_before(settings)
    draft = make_draft(D2, "again")
    draft.replace(settings.drafts_dir / draft.name)
    own = settings.published_of("recommend")
    for path in list(own.iterdir()):
        path.replace(settings.published_dir / path.name)
    own.rmdir()
    settings.drafts_of("recommend").rmdir()
    assert (settings.published_dir / "current").resolve().name == first.version_id
    return settings


def _is_as_it_was(settings: Settings) -> None:
    assert not needs_upgrade(settings)
    assert [found.as_of for found in readers.versions(settings, RECOMMEND)] == [D1, D2]
    assert not [each for each in readers.versions(settings, RECOMMEND) if faults(each)]
    assert readers.current_version(settings, RECOMMEND).as_of == D1
    assert readers.newest_as_of(settings, RECOMMEND) == D2
    told = [line["event"] for line in publications(settings, RECOMMEND)]
    assert told == ["publish", "publish", "rollback"]
    assert len(readers.read_table(settings, RECOMMEND, RECOMMENDATION.name)) == 3
    table = settings.published_dir / "current" / "recommendation.parquet"
    assert table.exists(), "whoever knows the earlier path reads on"
    assert list(settings.drafts_dir.glob("[0-9]*")) == []
    assert release(settings, RECOMMEND, who="ann", why="over") is not None
    assert readers.current_version(settings, RECOMMEND).as_of == D2
    assert (settings.published_dir / "current").resolve().name.startswith("2017-12-03")


def test_an_old_home_keeps_its_versions_pin_and_journal(old_home: Settings) -> None:
    assert needs_upgrade(old_home)
    assert upgrade_home(old_home)
    assert not upgrade_home(old_home), "once is enough"
    _is_as_it_was(old_home)


@pytest.mark.parametrize("steps", range(8))
def test_an_upgrade_that_was_killed_is_finished_by_the_next(
    old_home: Settings, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    left = [steps]
    for owner, name in ((upgrade, "point"), (Path, "replace")):
        original = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, original=original: _step(original, left, *args))
    with pytest.raises(KeyboardInterrupt):
        upgrade_home(old_home)
    monkeypatch.undo()
    assert needs_upgrade(old_home) and upgrade_home(old_home)
    _is_as_it_was(old_home)


def _step(original: Callable[..., object], left: list[int], *args: object) -> object:
    left[0] -= 1
    if left[0] < 0:
        raise KeyboardInterrupt
    return original(*args)


def test_a_home_of_today_and_an_empty_one_are_left_alone(settings: Settings, make_draft: MakeDraft) -> None:
    assert not upgrade_home(settings) and not settings.published_dir.exists()
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert not upgrade_home(settings)
    assert readers.current_version(settings, RECOMMEND).as_of == D1
