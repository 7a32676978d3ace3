"""MovieLens: ratings and films, in the layouts of 100K (u.data, u.item), 1M and 10M (.dat), 20M and later (CSV)."""

from __future__ import annotations

from typing import Final

from ml.landing.adapters.kind import CsvLayout, Kind, PlainLayout, Record, Row, Translate, Translation
from ml.landing.adapters.values import digest, from_epoch, plain
from ml.landing.schema import Column, LandingTable, Type
from ml.landing.schema import Kind as Keys

_RATING: Final = ("userId", "movieId", "rating", "timestamp")
_MOVIE: Final = ("movieId", "title", "genres")
_GENRES: Final = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
_ITEM: Final = ("movieId", "title", "released", "video", "address", *_GENRES)
_USER: Final = ("userId", "gender", "age", "occupation", "zip")
_NO_GENRE: Final = "(no genres listed)"


def rating(record: Record) -> Translation:
    """A rating is an event of the type rate."""
    user, movie, stars = (plain(record, name) for name in _RATING[:3])
    ts = from_epoch(record, "timestamp")
    values = {
        "event_id": digest("movielens", user, movie, plain(record, "timestamp")),
        "user_id": user,
        "item_id": movie,
        "event_type": "rate",
        "event_ts": ts,
        "rating": stars,
    }
    return Translation((Row("interactions", values),))


def movie(record: Record) -> Translation:
    """A film is an item; its genres, of which an item has up to three, are its categories in their order."""
    title, listed = plain(record, "title"), plain(record, "genres") or ""
    genres = [name for name in listed.split("|") if name and name != _NO_GENRE]
    values = {"item_id": plain(record, "movieId"), "item_name": title, **_categories(genres)}
    return Translation((Row("items", values),))


def flagged_movie(record: Record) -> Translation:
    """A line of u.item, which has a flag per genre."""
    genres = [name for name in _GENRES[1:] if plain(record, name) == "1"]
    values = {"item_id": plain(record, "movieId"), "item_name": plain(record, "title"), **_categories(genres)}
    return Translation((Row("items", values),))


def _categories(genres: list[str]) -> dict[str, str]:
    names = ("item_category", "item_category2", "item_category3")
    return dict(zip(names, genres, strict=False))


def _left_out(reason: str) -> Translate:
    return lambda _: Translation(left_out=(reason,))


def _table(name: str, *given: tuple[str, Type]) -> LandingTable:
    columns = tuple(Column(column, kind, "", required=True) for column, kind in given)
    return LandingTable(name, Keys.EVENT, (), columns, "")


_RATINGS: Final = _table(
    "ratings",
    ("userId", Type.ID),
    ("movieId", Type.ID),
    ("rating", Type.NUMBER),
    ("timestamp", Type.NUMBER),
)
_MOVIES: Final = _table("movies", ("movieId", Type.ID), ("title", Type.TEXT), ("genres", Type.TEXT))
_TAGS: Final = _table("tags", ("userId", Type.ID), ("movieId", Type.ID), ("tag", Type.TEXT), ("timestamp", Type.NUMBER))
_LINKS: Final = _table("links", ("movieId", Type.ID), ("imdbId", Type.ID), ("tmdbId", Type.ID))

MOVIELENS: Final = Kind(
    "movielens",
    "ratings and films: ratings.csv and movies.csv, .dat separated by ::, or u.data and u.item",
    "shelduck adapt movielens ml-latest-small --close",
    (".csv", ".dat", "u.data", "u.item"),
    (
        CsvLayout(_RATINGS, lambda: rating),
        CsvLayout(_MOVIES, lambda: movie),
        CsvLayout(_TAGS, lambda: _left_out("tags are not used")),
        CsvLayout(_LINKS, lambda: _left_out("links are not used")),
        PlainLayout("ratings.dat", "::", _RATING, lambda: rating),
        PlainLayout("movies.dat", "::", _MOVIE, lambda: movie),
        PlainLayout("users.dat", "::", _USER, lambda: _left_out("attributes of users are not used")),
        PlainLayout("u.data", "\t", _RATING, lambda: rating),
        PlainLayout("u.item", "|", _ITEM, lambda: flagged_movie),
    ),
    names={
        "interactions": {
            "user_id": "userId",
            "item_id": "movieId",
            "event_ts": "timestamp",
        },
        "items": {"item_id": "movieId", "item_name": "title", "item_category": "genres"},
    },
)
