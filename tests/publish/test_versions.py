"""A draft becomes a version; current moves forward, or stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.errors import InvalidTable, NotPublished
from ml.publish import readers
from ml.publish.journal import publications
from ml.publish.store import faults, version
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.connection import connect

MakeDraft = Callable[..., Path]
D1, D2, D3 = (date(2017, 12, day) for day in (2, 3, 4))


def test_a_published_day_is_current_and_its_draft_is_gone(settings: Settings, make_draft: MakeDraft) -> None:
    draft = make_draft(D1)
    published = publish(settings, RECOMMEND, draft, provenance={"dag_run_id": "manual"})
    assert published.is_current and published.is_new
    assert published.path == f"published/recommend/versions/{published.version_id}"
    assert not draft.exists() and not list(settings.drafts_of("recommend").iterdir())
    assert readers.read_table(settings, RECOMMEND, RECOMMENDATION.name)[Col.item_id].to_list() == [
        "item-0",
        "item-1",
        "item-2",
    ]


def test_the_same_content_again_changes_nothing(settings: Settings, make_draft: MakeDraft) -> None:
    first = publish(settings, RECOMMEND, make_draft(D1), provenance={"dag_run_id": "one"})
    before = _inodes(settings)
    again = publish(settings, RECOMMEND, make_draft(D1), provenance={"dag_run_id": "two"})
    assert (again.version_id, again.is_new) == (first.version_id, False)
    assert _inodes(settings) == before
    assert readers.manifest(settings, RECOMMEND).provenance["dag_run_id"] == "one"
    assert len(publications(settings, RECOMMEND)) == 1


def test_a_backfill_of_the_past_adds_a_version_and_leaves_current(settings: Settings, make_draft: MakeDraft) -> None:
    newest = publish(settings, RECOMMEND, make_draft(D2), provenance={})
    past = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert not past.is_current
    assert readers.current_version(settings, RECOMMEND).id == newest.version_id
    assert [found.as_of for found in readers.versions(settings, RECOMMEND)] == [D1, D2]
    assert readers.newest_as_of(settings, RECOMMEND) == D2


def test_a_rerun_of_the_newest_day_with_other_content_moves_current(settings: Settings, make_draft: MakeDraft) -> None:
    first = publish(settings, RECOMMEND, make_draft(D1, "first"), provenance={})
    second = publish(settings, RECOMMEND, make_draft(D1, "late"), provenance={})
    assert first.content_hash != second.content_hash
    assert readers.current_version(settings, RECOMMEND).id == second.version_id
    back = publish(settings, RECOMMEND, make_draft(D1, "first"), provenance={})
    assert back.version_id == first.version_id and back.is_current and not back.is_new
    assert [line["version"] for line in publications(settings, RECOMMEND)] == [
        first.version_id,
        second.version_id,
        first.version_id,
    ]


def test_the_same_tables_from_other_inputs_are_a_version_that_names_them(
    settings: Settings, make_draft: MakeDraft
) -> None:
    first = publish(settings, RECOMMEND, make_draft(D1, inputs="early"), provenance={})
    second = publish(settings, RECOMMEND, make_draft(D1, inputs="late"), provenance={})
    assert first.content_hash == second.content_hash and first.version_id != second.version_id
    assert readers.manifest(settings, RECOMMEND).inputs[0].content_hash == "late"


def test_the_manifest_says_from_what_and_by_what_without_absolute_paths(
    settings: Settings, make_draft: MakeDraft
) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={"dag_run_id": "manual", "mlflow_run_id": None})
    text = (settings.published_of("recommend") / "current" / "manifest.json").read_text()
    told = json.loads(text)
    assert str(settings.home) not in text and "/" + str(settings.home).split("/")[1] not in text
    assert told["inputs"] == [
        {"table": "interactions", "arrival_date": "2017-12-02", "content_hash": "inputs", "rows": 3}
    ]
    assert told["tables"]["recommendation"]["rows"] == 3 and len(told["tables"]["policy"]["content_hash"]) == 64
    assert told["settings"]["timezone"] == "America/New_York" and told["libraries"]["polars"] == pl.__version__
    assert told["counts"] == {"short_lists": 1} and told["provenance"]["dag_run_id"] == "manual"
    assert told["code_revision"] == "c0dec0dec0de" and "git_commit" in told["provenance"]


def test_the_small_database_holds_the_same_rows(settings: Settings, make_draft: MakeDraft) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    path = settings.home / published.path / "shelduck.duckdb"
    with connect(settings, path, read_only=True) as database:
        rows = database.execute("select rank, item_id, evidence_item_ids from recommendation order by rank").fetchall()
    assert rows[2] == (3, "item-2", ["item-0", "item-1"])
    assert not path.stat().st_mode & 0o222


@pytest.mark.parametrize("name", ["recommendation.parquet", "shelduck.duckdb", "manifest.json"])
def test_a_damaged_version_is_mended_by_publishing_again(settings: Settings, make_draft: MakeDraft, name: str) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    victim = settings.home / published.path / name
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-20])
    assert faults(version(settings, RECOMMEND, published.version_id))
    mended = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert mended.version_id == published.version_id and mended.is_new
    assert not faults(version(settings, RECOMMEND, published.version_id))
    assert not list(settings.published_of("recommend").rglob(".tmp-*"))


def test_a_table_that_breaks_its_schema_publishes_nothing(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    draft = make_draft(D2)
    broken = draft / "recommendation.parquet"
    pl.read_parquet(broken, glob=False).drop(Col.score).write_parquet(broken)
    with pytest.raises(InvalidTable, match=r"recommendation: expected columns .*; found no score"):
        publish(settings, RECOMMEND, draft, provenance={})
    assert readers.newest_as_of(settings, RECOMMEND) == D1 and draft.exists()


def test_rows_of_another_day_are_refused(settings: Settings, make_draft: MakeDraft) -> None:
    draft = make_draft(D1)
    (draft / "draft.json").write_text(
        (draft / "draft.json").read_text().replace('date": "2017-12-02', 'date": "2017-12-03')
    )
    with pytest.raises(InvalidTable, match="expected rows as of 2017-12-03"):
        publish(settings, RECOMMEND, draft, provenance={})


def test_a_retry_after_the_last_step_finds_what_its_draft_became(settings: Settings, make_draft: MakeDraft) -> None:
    draft = make_draft(D1)
    published = publish(settings, RECOMMEND, draft, provenance={})
    assert publish(settings, RECOMMEND, draft, provenance={}).version_id == published.version_id


def test_a_draft_nobody_wrote_is_refused_with_the_next_command(settings: Settings) -> None:
    with pytest.raises(NotPublished, match=r"2017-12-02-x: expected a folder .* Run: shelduck run --as-of 2017-12-02"):
        publish(settings, RECOMMEND, settings.drafts_of("recommend") / "2017-12-02-x", provenance={})


def _inodes(settings: Settings) -> dict[str, tuple[int, int]]:
    found = sorted(settings.published_of("recommend").rglob("*"))
    return {
        str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in found
        if path.is_file() and path.suffix != ".lock"
    }
