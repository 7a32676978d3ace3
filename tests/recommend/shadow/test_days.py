"""A shadow day is what another policy would have shown; nothing that readers see knows of it."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ml.day import compute_day
from ml.errors import ModelMissing, ShadowRefused
from ml.operations.calendar import Calendar
from ml.operations.doctor.shelves import check_days, check_published, check_unfinished
from ml.operations.tidy import tidy
from ml.publish.chosen import chosen_versions
from ml.publish.readers import current_version, manifest_of, table_of, version_of_day, versions
from ml.publish.store import faults
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.outputs import POLICY, RECOMMENDATION
from ml.recommend.shadow.days import day_under, shadow_day
from ml.registry.ledger import Decision, promote
from ml.settings import Settings
from ml.shadow import snapshot_of_day
from tests.recommend.shadow.conftest import FIRST, LAST, RECIPE


def _told(settings: Settings) -> list[object]:
    """What the calendar, the doctor and SQL say."""
    checks = (check_published, check_days, check_unfinished)
    return [
        list(Calendar(settings, RECOMMEND).days()),
        *(check(settings) for check in checks),
        chosen_versions(settings),
    ]


def _files(settings: Settings) -> dict[str, bytes]:
    """Everything that readers, the calendar, promotions and retention look at."""
    places = [settings.published_dir, settings.drafts_dir, settings.slices_dir, settings.registry_dir / "promotions"]
    found = [path for place in places for path in sorted(place.rglob("*"))]
    return {
        str(path.relative_to(settings.home)): str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        for path in found
        if path.is_symlink() or (path.is_file() and path.suffix != ".lock")
    }


def test_a_shadow_shows_what_the_model_ranks_and_leaves_what_readers_see_as_it_was(shown: Settings) -> None:
    before, told = _files(shown), _told(shown)
    made = shadow_day(shown, "candidate", LAST)
    assert set(table_of(RECOMMEND, made, POLICY.name)["recipe"]) == {RECIPE}
    assert manifest_of(made).policy["model_version"] == 1
    assert faults(made) == []
    assert made.folder.is_relative_to(shown.home / "shadow" / "recommend")
    shelves = [table_of(RECOMMEND, each, RECOMMENDATION.name) for each in (made, current_version(shown, RECOMMEND))]
    assert not shelves[0].select("user_id", "item_id").equals(shelves[1].select("user_id", "item_id"))
    assert _files(shown) == before
    assert told[0] and _told(shown) == told
    assert made.id not in [each.id for each in versions(shown, RECOMMEND)]


def test_a_shadow_equals_the_day_that_the_promoted_model_publishes(shown: Settings) -> None:
    made = shadow_day(shown, "1", LAST)
    promote(shown, MODEL, 1, Decision("a test", "", None))
    draft = compute_day(shown, RECOMMEND, shown.slices_dir / f"{LAST}-abc")
    published = publish(shown, RECOMMEND, draft, provenance={})
    assert published.version_id == made.id
    for name in RECOMMEND.tables:
        assert_frame_equal(*(table_of(RECOMMEND, each, name) for each in (made, current_version(shown, RECOMMEND))))


def test_a_day_before_the_training_is_refused_because_the_model_knows_its_future(shown: Settings) -> None:
    with pytest.raises(ShadowRefused, match=f"version 1, trained as of {FIRST}.*it would know the future"):
        shadow_day(shown, "candidate", FIRST - timedelta(days=1))
    assert shadow_day(shown, "candidate", FIRST).as_of == FIRST, "the day of the training is known to its end"


@pytest.mark.parametrize("name", ["Candidate", "-1", "01", "../2", "٣", "", "1.0"])
def test_a_policy_of_no_such_name_is_refused(name: str, fresh: Settings) -> None:
    with pytest.raises(ShadowRefused, match="candidate, champion, a version's number, or 0"):
        shadow_day(fresh, name, LAST)


def test_missing_versions_and_days_that_are_not_published_are_refused_with_the_command(shown: Settings) -> None:
    with pytest.raises(ModelMissing, match="version 9"):
        shadow_day(shown, "9", LAST)
    with pytest.raises(ShadowRefused, match=r"no version\. Run: shelduck run --as-of 2024-04-01"):
        shadow_day(shown, "candidate", LAST + timedelta(days=1))


def test_run_again_it_is_the_same_version_and_nothing_is_computed(
    shown: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shadow_day(shown, "candidate", LAST)
    monkeypatch.setattr("ml.shadow.compute_day", lambda *_: pytest.fail("computed again"))
    assert shadow_day(shown, "candidate", LAST) == made
    monkeypatch.undo()
    (made.folder / "policy.parquet").chmod(0o600)
    (made.folder / "policy.parquet").write_bytes(b"damaged")
    assert shadow_day(shown, "candidate", LAST) == made
    assert faults(made) == []


def test_killed_before_it_is_kept_the_next_run_ends_in_the_same(
    shown: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shadow_day(shown, "candidate", LAST)
    shutil.rmtree(shown.home / "shadow")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ml.publish.store.sync_tree", killed)
    with pytest.raises(KeyboardInterrupt):
        shadow_day(shown, "candidate", LAST)
    monkeypatch.undo()
    assert shadow_day(shown, "candidate", LAST).id == made.id
    place = made.folder.parents[1]
    assert sorted(path.name for path in place.iterdir()) == ["days", "drafts", "publication.lock", "tables", "versions"]
    assert [path.name for path in (place / "versions").iterdir()] == [made.id]
    assert list((place / "drafts").iterdir()) == []


def test_other_code_that_shows_the_same_is_told_in_the_manifest_and_known_the_next_time(
    shown: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shadow_day(shown, "candidate", LAST)
    for module in ("ml.shadow", "ml.day"):
        monkeypatch.setattr(f"{module}.code_revision", lambda _: "0123456789ab")
    again = shadow_day(shown, "candidate", LAST)
    assert again == first and manifest_of(again).code_revision == "0123456789ab"
    monkeypatch.setattr("ml.shadow.compute_day", lambda *_: pytest.fail("computed again"))
    assert shadow_day(shown, "candidate", LAST) == first


def test_two_policies_of_a_day_lie_side_by_side(shown: Settings) -> None:
    made, rules = shadow_day(shown, "candidate", LAST), shadow_day(shown, "0", LAST)
    assert made.folder.exists() and rules.folder.exists() and made.id != rules.id
    shelves = table_of(RECOMMEND, rules, RECOMMENDATION.name)
    assert_frame_equal(shelves, table_of(RECOMMEND, current_version(shown, RECOMMEND), RECOMMENDATION.name))


def test_for_reading_the_published_day_is_taken_where_the_policy_decided_it(shown: Settings) -> None:
    assert day_under(shown, "champion", LAST) == version_of_day(shown, RECOMMEND, LAST), "policy 0 so far"
    assert not (shown.home / "shadow").exists()
    assert day_under(shown, "candidate", LAST) == shadow_day(shown, "candidate", LAST)
    other = shown.model_copy(update={"k": 4})
    made = day_under(other, "0", LAST)
    assert made != version_of_day(shown, RECOMMEND, LAST), "other settings show something else"
    assert table_of(RECOMMEND, made, RECOMMENDATION.name)["rank"].max() == 4


def test_a_snapshot_that_is_gone_is_built_again(shown: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = shown.home / "elsewhere"
    shutil.move(shown.slices_dir / f"{LAST}-abc", kept)
    asked = []

    def build(settings: Settings, as_of_dates: list[object], *_: object, **__: object) -> list[object]:
        asked.extend(as_of_dates)
        shutil.move(kept, settings.slices_dir / f"{LAST}-abc")
        return [snapshot_of_day(settings, RECOMMEND, LAST)]

    monkeypatch.setattr("ml.shadow.build", build)
    shadow_day(shown, "candidate", LAST)
    assert asked == [LAST]


def test_housekeeping_removes_shadows_that_nobody_used_for_so_long_and_no_others(shown: Settings) -> None:
    old, young = shadow_day(shown, "candidate", FIRST), shadow_day(shown, "candidate", LAST)
    tidy(shown, "tidy_published", dry_run=False, holder="a test")  # a copied home has lost its hard links
    published = _files(shown)
    ago = old.folder.stat().st_mtime - 31 * 86_400
    os.utime(old.folder, (ago, ago))
    told = {each.what: each.count for each in tidy(shown, "tidy_published", dry_run=True, holder="a test")}
    assert told["shadow versions of recommend"] == 1 and old.folder.exists()
    tidy(shown, "tidy_published", dry_run=False, holder="a test")
    assert not old.folder.exists() and young.folder.exists()
    assert _links(old.folder.parents[1]) == [LAST.isoformat()]
    assert _files(shown) == published
    assert shadow_day(shown, "candidate", FIRST) == old


def _links(place: Path) -> list[str]:
    return sorted(path.name for path in (place / "days").iterdir())


def test_its_tables_are_those_of_the_day(shown: Settings) -> None:
    made = shadow_day(shown, "candidate", FIRST)
    frame = table_of(RECOMMEND, made, RECOMMENDATION.name)
    assert frame["as_of_date"].unique().to_list() == [FIRST]
    assert frame.select(pl.len()).item() > 40
