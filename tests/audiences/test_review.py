"""What a person reads before they let other segments decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.audiences import review
from ml.audiences.review import findings
from ml.audiences.segments.bundle import Bundle, write_bundle
from ml.audiences.segments.identity import Change
from ml.capabilities import named
from ml.settings import Settings
from tests.audiences.segments.crowd import crowd, model_of

SETTINGS = Settings()
FIRST = model_of(crowd())


def of(bundle: Bundle, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bundle(folder, bundle)
    monkeypatch.setattr(review, "download_bundle", lambda *_: folder)


def test_segments_that_people_find_again_break_no_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same = [each.model_copy(update={"change": Change.SAME, "came_from": (each.segment_id,)}) for each in FIRST.segments]
    of(FIRST.model_copy(update={"segments": tuple(same), "agreement": 0.93}), tmp_path / "b", monkeypatch)
    found = findings(SETTINGS, 2, 1)
    assert [guard.holds for guard in found.guards] == [True, True] and found.headline == ""
    assert found.guards[0].after == "0.930" and len(found.sections[0].rows) == 4


def test_segments_that_are_others_and_those_that_vanish_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = [FIRST.segments[0].model_copy(update={"change": Change.MERGED, "came_from": ("s1", "s2")})]
    changed = {"segments": tuple(merged), "agreement": 0.41, "vanished": {"s2": ("s1",)}}
    of(FIRST.model_copy(update=changed), tmp_path / "b", monkeypatch)
    found = findings(SETTINGS, 2, 1)
    assert [guard.holds for guard in found.guards] == [False, False]
    assert found.headline == "1 of 1 segments would be others"
    assert found.sections[0].rows[1] == ("s2", "", "vanished", "s1")


def test_the_first_segments_have_nothing_to_agree_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of(FIRST, tmp_path / "b", monkeypatch)
    found = findings(SETTINGS, 1, None)
    assert [guard.holds for guard in found.guards] == [None] and found.headline == ""
    training = named("audiences").training
    assert training is not None and training.review == "ml.audiences.review:findings"
