"""Languages and masking on the public reviews of the demo shop, and recall of masking on made-up personal data.

python -m bench.review_texts --archive var/downloads/vaderSentiment-3.3.2.tar.gz
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings

from ml.landing.adapters.review_texts import chinese_reviews, english_snippets
from ml.text.language import language_of
from ml.text.masking import personal_data
from testkit.personal_forms import FORMS, left_of

_Found = TypeVar("_Found")
_FRAMES = ("Please write to {} soon.", "东西不错，联系：{}。谢谢")


def main() -> int:
    """Print the figures; 1 if a made-up form was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the source package of vaderSentiment 3.3.2")
    parser.add_argument("--forms", type=int, default=2000, help="made-up ones of each kind")
    parser.add_argument(
        "--show", action="store_true", help="print what is masked: it is of real people, so do not keep it"
    )
    asked = parser.parse_args()
    sets = {
        "English": [text.text for text in english_snippets(asked.archive)],
        "Chinese": [text.text for text in chinese_reviews()],
    }
    for name, texts in sets.items():
        _languages(name, texts)
        _masking(name, texts, show=asked.show)
    missed = {kind: _missed(kind, asked.forms) for kind in FORMS}
    print(f"made-up forms, {asked.forms} of each kind, not found: {missed}")
    return 1 if any(missed.values()) else 0


def _languages(name: str, texts: Sequence[str]) -> None:
    language_of("the first one loads the model")
    found, seconds = _timed(language_of, texts)
    print(f"{name}: {len(texts):,} texts, languages {dict(Counter(found))}, {seconds:.3f} CPU-s per 1,000")


def _masking(name: str, texts: Sequence[str], *, show: bool) -> None:
    found, seconds = _timed(personal_data, texts)
    kinds = Counter(kind for places in found for *_, kind in places)
    touched = sum(map(bool, found))
    print(f"{name}: masked in {touched} texts: {dict(kinds)}, {seconds:.3f} CPU-s per 1,000")
    for text, places in zip(texts, found, strict=True) if show else ():
        for begin, end, kind in places:
            print(f"  [{kind}] {text[begin:end]} in {text[max(begin - 15, 0) : end + 10]!r}")


def _timed(function: Callable[[str], _Found], texts: Sequence[str]) -> tuple[list[_Found], float]:
    started = time.process_time()
    found = [function(text) for text in texts]
    return found, (time.process_time() - started) * 1000 / len(texts)


def _missed(kind: str, count: int) -> int:
    missed = 0

    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FORMS[kind])
    def look(data: str) -> None:
        nonlocal missed
        missed += any(left_of(data, frame) for frame in _FRAMES)

    look()
    return missed


if __name__ == "__main__":
    sys.exit(main())
