"""Sentence vectors."""

import numpy as np
import pytest

from ml.errors import EncoderMissing
from ml.text import encoder

_PAIRS = (
    ("The delivery was late.", "送货太晚了。"),
    ("This coffee tastes great.", "这个咖啡很好喝。"),
    ("The shoes are too small.", "鞋子太小了。"),
    ("It is much too expensive.", "太贵了。"),
)


def test_a_text_is_nearest_to_its_translation():
    english, chinese = (encoder.units(encoder.encode(texts)) for texts in zip(*_PAIRS, strict=True))
    assert np.argmax(english @ chinese.T, axis=1).tolist() == list(range(len(_PAIRS)))


def test_a_vector_depends_on_its_text_alone():
    texts = [f"product number {number}" for number in range(300)]
    together = encoder.encode(texts)
    assert (together[[7, 299]] == encoder.encode([texts[7], texts[299]])).all()
    assert together.any(axis=1).all()


def test_the_last_bits_of_a_product_decide_no_step():
    texts = [f"product number {number} of the catalogue" for number in range(672, 704)]  # one number of 675 is a half
    alone = encoder.encode([texts[3]])[0]
    assert (encoder.encode(texts)[3] == alone).all()


def test_an_empty_text_is_zeros_and_stays_zeros():
    vectors = encoder.encode([" ", "coffee"])
    assert not vectors[0].any()
    assert np.allclose(np.linalg.norm(encoder.units(vectors), axis=1), [0, 1])


def test_without_the_extra_the_error_says_what_to_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(encoder, "_MODULE", "no_such_module")
    with pytest.raises(EncoderMissing, match="make setup"):
        encoder.encode(["coffee"])
