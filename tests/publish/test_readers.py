"""Readers get whole versions, and errors that say what to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.errors import NotPublished
from ml.publish import readers
from ml.publish.databases import DATABASE
from ml.publish.versions import publish
from ml.recommend import published as recommendations
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import POLICY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.connection import connect

MakeDraft = Callable[..., Path]
D1 = date(2017, 12, 2)


def test_before_the_first_publication_a_reader_is_told_what_to_run(settings: Settings) -> None:
    assert readers.newest_as_of(settings, RECOMMEND) is None and readers.versions(settings, RECOMMEND) == []
    with pytest.raises(
        NotPublished, match=r"published/recommend/current: expected a version; found none\. Run: shelduck run"
    ):
        readers.current_version(settings, RECOMMEND)


def test_a_shelf_is_one_shoppers_rows_in_order(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert recommendations.shelf(settings, "7")[Col.rank].to_list() == [1, 2, 3]
    assert len(recommendations.shelf(settings, "7", "for_you")) == 3
    with pytest.raises(NotPublished, match="shopper 8: expected a shelf as of 2017-12-02; found none"):
        recommendations.shelf(settings, "8")
    with pytest.raises(NotPublished, match="expected a shelf discover"):
        recommendations.shelf(settings, "7", "discover")


def test_a_page_is_one_shoppers_screen_of_a_layout(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    screen = recommendations.page(settings, "7", "home")
    assert screen.select(Col.row, Col.position).rows() == [(1, 1), (1, 2), (1, 3)]
    assert screen[Col.item_id].to_list() == recommendations.shelf(settings, "7")[Col.item_id].to_list()
    with pytest.raises(NotPublished, match="a screen of the layout sale as of 2017-12-02; found screens of home"):
        recommendations.page(settings, "7", "sale")
    with pytest.raises(NotPublished, match="shopper 8: expected a screen of the layout home"):
        recommendations.page(settings, "8", "home")


def test_an_older_version_stays_readable_by_its_id(settings: Settings, make_draft: MakeDraft) -> None:
    old = publish(settings, RECOMMEND, make_draft(D1, "old"), provenance={})
    publish(settings, RECOMMEND, make_draft(D1, "new"), provenance={})
    assert readers.read_table(settings, RECOMMEND, POLICY.name, old.version_id)[Col.policy_id].to_list() == ["old"]
    assert readers.manifest(settings, RECOMMEND, old.version_id).policy == {"policy_id": "old"}
    assert readers.manifest(settings, RECOMMEND).policy == {"policy_id": "new"}


@pytest.mark.parametrize("unknown", ["2017-12-09-000000000000", "nonsense", "../../etc"])
def test_an_unknown_version_is_refused(settings: Settings, make_draft: MakeDraft, unknown: str) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    with pytest.raises(NotPublished, match="expected in published/recommend/versions"):
        readers.read_table(settings, RECOMMEND, POLICY.name, unknown)


def test_an_unknown_table_and_a_broken_file_are_explained(settings: Settings, make_draft: MakeDraft) -> None:
    published = publish(settings, RECOMMEND, make_draft(D1), provenance={})
    with pytest.raises(NotPublished, match="expected one of recommendation, default_shelf, page_slot"):
        readers.read_table(settings, RECOMMEND, "sqlite_master")
    (settings.home / published.path / "policy.parquet").unlink()
    with pytest.raises(NotPublished, match=r"expected a readable file; .* Run: shelduck run --as-of 2017-12-02"):
        readers.read_table(settings, RECOMMEND, POLICY.name)


@pytest.mark.slow
@pytest.mark.parametrize("publications", [25, pytest.param(100, marks=pytest.mark.faults)])
def test_readers_see_no_error_and_no_mixture_during_publications(
    settings: Settings, make_draft: MakeDraft, publications: int
) -> None:
    publish(settings, RECOMMEND, make_draft(D1, "word-0"), provenance={})
    done, reads, seen = threading.Event(), [0], set[str]()

    def read_on() -> str | None:
        while not done.is_set():
            version = readers.current_version(settings, RECOMMEND)
            words = set(readers.read_table(settings, RECOMMEND, RECOMMENDATION.name, version.id)[Col.reason_text])
            words |= set(readers.read_table(settings, RECOMMEND, POLICY.name, version.id)[Col.policy_id])
            resolved = (
                settings.published_of("recommend") / "current"
            ).resolve()  # as docs/publication.md asks of other tools
            by_path = pl.read_parquet(resolved / "recommendation.parquet", glob=False)
            if reads[0] % 10 == 0:  # opening a database takes as long as a publication
                with connect(settings, resolved / DATABASE, read_only=True) as database:
                    by_sql = database.execute("select distinct reason_text from recommendation").fetchall()
                if by_sql != [(by_path[Col.reason_text][0],)]:
                    raise AssertionError(f"a database of {by_sql}")
            if len(words) != 1 or by_path[Col.reason_text].n_unique() != 1:
                raise AssertionError(f"a mixture of {words}")
            reads[0] += 1
            time.sleep(0.005)  # leave the two cores to the publisher
            seen.update(words)

    failures: list[BaseException] = []
    threads = [threading.Thread(target=_keep(read_on, failures)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, publications + 1):
        assert publish(settings, RECOMMEND, make_draft(D1, f"word-{number}"), provenance={}).is_current
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert reads[0] >= publications and len(seen) > publications / 5


def _keep(work, failures: list[BaseException]):
    def run() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    return run
