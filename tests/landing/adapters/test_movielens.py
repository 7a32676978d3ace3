"""Ratings and films become rate events and items, in every layout that MovieLens was published in."""

from __future__ import annotations

import pytest

from tests.landing.adapters.conftest import Desk, reasons

EVENT = ("user_id", "item_id", "event_type", "event_ts", "rating")
ITEM = ("item_id", "item_name", "item_category", "item_category2", "item_category3")
RATED = [
    ("7", "31", "rate", "2009-12-14 02:52:24+00:00", "2.5000"),
    ("8", "32", "rate", "2009-12-14 23:30:00+00:00", "4.0000"),
]
FILMS = [
    ("31", "Grün & Blau (1995)", "Drama", "Comedy", None),
    ("32", 'The "Best", of 3 (1996)', None, None, None),
]


def test_ratings_and_movies_of_csv_files(desk: Desk) -> None:
    desk.put("ml/ratings.csv", "userId,movieId,rating,timestamp\n7,31,2.5,1260759144\n8,32,4.0,1260833400\n")
    movies = (
        'movieId,title,genres\n31,Grün & Blau (1995),Drama|Comedy\n32,"The ""Best"", of 3 (1996)",(no genres listed)\n'
    )
    desk.put("ml/movies.csv", movies)
    desk.put("ml/tags.csv", "userId,movieId,tag,timestamp\n7,31,sad,1260759144\n")
    desk.put("ml/README.txt", "how to cite\n")
    report = desk.adapt("movielens", desk.folder / "ml")
    assert desk.rows("interactions", *EVENT) == RATED and desk.rows("items", *ITEM) == FILMS
    assert desk.days("interactions") == ["2009-12-14", "2009-12-15"] and desk.days("items") == ["2009-12-14"]
    assert (report.read, report.faults) == (5, ())
    assert [file.left_out for file in report.files] == [{}, {}, {"tags are not used": 1}]
    assert report.notices == ("1 other files in the folder are not read",)


def test_the_dat_files_of_1m_separated_by_two_colons_in_latin_1(desk: Desk) -> None:
    desk.put("ml/ratings.dat", "7::31::2.5::1260759144\r\n8::32::4.0::1260833400\r\n")
    films = '31::Grün & Blau (1995)::Drama|Comedy\n32::The "Best", of 3 (1996)::(no genres listed)\n'
    desk.put("ml/movies.dat", films.encode("latin-1"))
    desk.put("ml/users.dat", "7::F::25::10::12345\n")
    report = desk.adapt("movielens", desk.folder / "ml")
    assert desk.rows("interactions", *EVENT) == RATED and desk.rows("items", *ITEM) == FILMS
    assert report.files[2].left_out == {"attributes of users are not used": 1}


def test_the_tables_of_100k(desk: Desk) -> None:
    desk.put("ml-100k/u.data", "7\t31\t2.5\t1260759144\n8\t32\t4.0\t1260833400\n")
    flags = {"Drama", "Comedy"}
    genres = ["unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"]
    genres += [""] * 10
    drama = "|".join("1" if name in flags else "0" for name in genres)
    none = "|".join("0" * 19)
    films = f'31|Grün & Blau (1995)|01-Jan-1995||http://film|{drama}\n32|The "Best", of 3 (1996)||||{none}\n'
    desk.put("ml-100k/u.item", films.encode("latin-1"))
    desk.adapt("movielens", desk.folder / "ml-100k")
    assert desk.rows("interactions", *EVENT) == RATED
    assert desk.rows("items", *ITEM) == [("31", "Grün & Blau (1995)", "Comedy", "Drama", None), FILMS[1]]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("9,31,five,1260759144", ("rating", "rating is no number, at most 4 decimals")),
        (",31,5,1260759144", ("userId", "user_id is empty")),
        ("9,31,5,yesterday", ("timestamp", "timestamp is no count of seconds since 1970")),
        ("9,31,5,1260759144000000000", ("timestamp", "timestamp is no count of seconds since 1970")),
        ("9,31,5,4102444800", ("timestamp", "event_ts lies after its arrival day")),
        ("9,31,5", (None, "the line has 3 fields where the header has 4")),
        ("7,31,1,1260759144", ("event_id", "event_id came before")),
    ],
)
def test_a_line_that_cannot_be_used_costs_itself_alone(desk: Desk, line: str, fault: tuple[str | None, str]) -> None:
    text = f"userId,movieId,rating,timestamp\n7,31,2.5,1260759144\n{line}\n8,32,4.0,1260833400\n"
    report = desk.adapt("movielens", desk.put("ratings.csv", text))
    assert desk.rows("interactions", *EVENT) == RATED
    assert reasons(report) == [fault] and report.faults[0].rows == (3,)
    assert (report.read, report.accepted, report.quarantined) == (3, 2, 1)
    listed = (desk.settings.landing_dir / str(report.refused_file)).read_text()
    assert listed.splitlines()[1].startswith("ratings.csv,3,") and fault[1] in listed
