"""Vectors of texts: cached by content, exact to compare, there without the encoder too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.recommend.text_vectors import vectors
from ml.recommend.text_vectors.cache import VectorCache, key_of
from ml.recommend.text_vectors.hashed import HASHED
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import WIDTH, TextVectors, cache_in, cosines
from ml.text import encoder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder is asked for, from now on; nothing is remembered."""
    texts: list[str] = []
    encode = encoder.encode

    def noted(these: Sequence[str]) -> np.ndarray:
        texts.extend(these)
        return encode(these)

    monkeypatch.setattr(encoder, "encode", noted)
    monkeypatch.setattr(vectors, "_remembered", {})
    return texts


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_remembered", {})


def test_a_distinct_text_is_encoded_once_and_read_back_another_day(
    cellar: pl.DataFrame, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = TextVectors.of(texts_of(cellar), cache_in(tmp_path))
    assert len(asked) == len(set(asked)) == len(first.vectors) == 5
    forget(monkeypatch)
    again = TextVectors.of(texts_of(cellar), cache_in(tmp_path))
    assert len(asked) == 5
    assert (again.vectors == first.vectors).all() and first.encoder == again.encoder == encoder.USE
    assert "Merlot" not in cache_in(tmp_path).path.read_bytes().decode("latin-1"), "texts are not in the cache"


@pytest.mark.parametrize("damage", ["gone", "torn", "of another width", "not ours"])
def test_a_cache_that_is_lost_or_damaged_changes_nothing(
    damage: str, cellar: pl.DataFrame, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = cache_in(tmp_path)
    first = TextVectors.of(texts_of(cellar), cache)
    match damage:
        case "gone":
            cache.path.unlink()
        case "torn":
            cache.path.write_bytes(cache.path.read_bytes()[:100])
        case "of another width":
            cache.write({key_of("Merlot red wine. WINE"): b"\1" * 3}, [key_of("Merlot red wine. WINE")])
        case _:
            pl.DataFrame({"key": [1]}).write_parquet(cache.path)
    forget(monkeypatch)
    assert (TextVectors.of(texts_of(cellar), cache).vectors == first.vectors).all()
    assert len(asked) == 10


def test_a_cache_forgets_what_is_not_asked_for_any_more(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "cache.parquet")
    known = {str(number): bytes([number] * WIDTH) for number in range(9)}
    cache.write(known, ["1", "2", "3"])
    assert set(cache.read(WIDTH)) == set(known), "up to four times as many are spared"
    cache.write(known, ["1", "2"])
    assert cache.read(WIDTH) == {number: known[number] for number in ("1", "2")}


def test_without_the_encoder_character_n_grams_tell_what_is_alike(
    cellar: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "is_installed", lambda: False)
    known = TextVectors.of(texts_of(cellar))
    assert known.encoder == HASHED
    assert known.vectors.any(axis=1).all()
    like = cosines(known.vectors, known.vectors)
    rioja, merlot, soap = (known.text[known.items.codes([item])[0]] for item in ("w1", "w2", "s1"))
    assert like[rioja, merlot] > 2 * like[rioja, soap]


def test_cosines_are_exact_whatever_the_length_of_the_vectors() -> None:
    extreme = np.random.default_rng(1).choice([-127, 127], (6, WIDTH)).astype(np.int8)
    extreme[5] = 0
    wide = extreme.astype(object)
    dots = wide @ wide.T
    found = cosines(extreme, extreme)
    assert (found[:5, :5] == np.array(dots[:5, :5] / (WIDTH * 127 * 127), dtype=float)).all()
    assert not found[5].any()
