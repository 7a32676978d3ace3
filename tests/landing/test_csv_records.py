"""Quotes and line ends of CSV: what a writer wrote is read, and no line of an open text becomes a row."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.landing.contract import CONTRACT
from ml.landing.limits import Limits
from ml.landing.refusal import RefusedFileError
from ml.landing.text_files import open_text
from ml.settings import Settings

LIMITS = Limits.of(Settings())
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_ID = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), min_size=1, max_size=8)
_quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Row = tuple[int, list[str | None]]


def _read(path: Path, content: bytes, table: str = "items") -> tuple[list[Row], dict[int, str]]:
    """Accepted rows with their numbers, and the reason of every refused one."""
    path.write_bytes(content)
    chunks = list(open_text(path, CONTRACT[table], LIMITS).chunks)
    rows = [pair for chunk in chunks for pair in zip(chunk.numbers, chunk.rows, strict=True)]
    return rows, {row.row: row.refusal.reason for chunk in chunks for row in chunk.refused}


@_quick
@given(
    rows=st.lists(st.tuples(_ID.filter(str.strip), _TEXT), max_size=12),
    dialect=st.tuples(st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans()),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str]], dialect: tuple[str, str, bool], encoding: str
) -> None:
    separator, ends, quotes_all = dialect
    text = io.StringIO(newline="")
    # the writer of Python 3.11 leaves a CR unquoted when lines end by LF
    quotes_all |= any("\r" in name or "\n" in name for _, name in rows)
    quoting = csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=separator, lineterminator=ends, quoting=quoting)
    writer.writerows([("item_id", "item_name"), *rows])
    accepted, refused = _read(tmp_path / "i.csv", text.getvalue().encode(encoding))
    assert refused == {}
    assert [tuple(values) for _, values in accepted] == rows


def test_a_bare_cr_file_is_read_line_by_line(tmp_path: Path) -> None:
    content = b'item_id,item_name,description\r1,Basil,"two\rlines"\r2,Mint,plain\r'
    rows, refused = _read(tmp_path / "i.csv", content)
    assert rows == [(2, ["1", "Basil", "two\rlines"]), (4, ["2", "Mint", "plain"])]
    assert refused == {}


def test_lines_that_end_by_cr_cr_lf_are_read(tmp_path: Path) -> None:
    rows, refused = _read(tmp_path / "i.csv", b"item_id,item_name\r\r\n1,Basil\r\r\n2,Mint\r\r\n")
    assert [values for _, values in rows] == [["1", "Basil"], ["2", "Mint"]] and refused == {}


def test_bare_cr_among_lf_is_refused_line_by_line(tmp_path: Path) -> None:
    rows, refused = _read(tmp_path / "i.csv", b"item_id,item_name\n1,Basil\r2,Mint\r3,Thyme\n4,Dill\n")
    assert rows == [(5, ["4", "Dill"])]
    assert refused == dict.fromkeys((2, 3, 4), "a CR stands outside of quotes")


def test_a_text_with_line_breaks_is_one_record_with_the_number_of_its_first_line(tmp_path: Path) -> None:
    content = b'item_id,item_name,description\r\n1,Basil,"<p>one\r\n\r\ntwo ""2""</p>"\r\n2,Mint,plain\r\n'
    rows, refused = _read(tmp_path / "i.csv", content)
    assert rows == [(2, ["1", "Basil", '<p>one\r\n\r\ntwo "2"</p>']), (5, ["2", "Mint", "plain"])]
    assert refused == {}


@pytest.mark.parametrize(
    "opened",
    [
        '1,Basil,"a text\ninside,looks like,a row\nand goes on',  # never closed
        '1,Basil,"a "text"\ninside,looks like,a row\nand",ends',  # quotes inside are not doubled
        '1,Basil,"5" pot and\ninside,looks like,a row\nmore",ends',  # an even number of quotes on the line
        '1,Basil,"<p class="x">\ninside,looks like,a row\n<p class="y">",ends',
    ],
)
def test_no_line_of_an_open_text_becomes_an_item(tmp_path: Path, opened: str) -> None:
    content = f"item_id,item_name,description\n0,Dill,first\n{opened}\n9,Mint,last\n"
    rows, refused = _read(tmp_path / "i.csv", content.encode())
    assert rows == [(2, ["0", "Dill", "first"])]
    assert sorted(refused) == [3, 4, 5, 6]
    assert set(list(refused.values())[1:]) == {"the quotes of line 3 do not close"}


def test_after_an_open_text_rows_count_again_from_one_that_can_only_be_a_record(tmp_path: Path) -> None:
    content = (
        b'item_id,item_name,description\n1,Basil,"open\n2,Mint,x\n3,"Thyme, dried",x\n4,"Dill, fresh",x\n5,Sage,x\n'
    )
    rows, refused = _read(tmp_path / "i.csv", content)
    assert [values[0] for _, values in rows] == ["4", "5"]
    assert sorted(refused) == [2, 3, 4]


def test_after_an_open_text_a_row_of_the_right_types_counts(tmp_path: Path) -> None:
    lines = ["e1,u,i,purchase,2025-03-03T09:00:00Z", '"e2,u,i,purchase,2025-03-03T09:00:00Z', "he said,a,b,c,d"]
    content = "\n".join(["event_id,user_id,item_id,event_type,event_ts", *lines, lines[0].replace("e1", "e4"), ""])
    rows, refused = _read(tmp_path / "i.csv", content.encode(), "interactions")
    assert [values[0] for _, values in rows] == ["e1", "e4"] and sorted(refused) == [3, 4]


def test_a_line_break_in_an_id_refuses_every_line_of_the_record(tmp_path: Path) -> None:
    rows, refused = _read(tmp_path / "i.csv", b'item_id,item_name\n"1,Basil\n2,Mint\n3",Thyme\n4,Dill\n')
    assert [values[0] for _, values in rows] == ["4"]
    assert refused == dict.fromkeys((2, 3, 4), "item_id holds a line break; is a quote missing?")


def test_many_records_that_two_stray_quotes_enclose_are_no_text(tmp_path: Path) -> None:
    inside = "".join(f"{number},Mint,x\n" for number in range(10))
    content = f'item_id,item_name,description\na,Basil,"x\n{inside}b,Dill,x"\nc,Thyme,x\n'
    rows, refused = _read(tmp_path / "i.csv", content.encode())
    assert [values[0] for _, values in rows] == ["c"] and sorted(refused) == list(range(2, 14))


def test_a_header_that_comes_again_is_no_item(tmp_path: Path) -> None:
    rows, refused = _read(tmp_path / "i.csv", b"item_id,item_name\n1,Basil\nitem_id,item_name\n2,Mint\n")
    assert [values[0] for _, values in rows] == ["1", "2"]
    assert refused == {3: "the header comes again"}


def test_a_stray_quote_anywhere_makes_no_row_that_was_not_written(tmp_path: Path) -> None:
    chance = random.Random(8)
    for number in range(400):
        good = [
            [f"i{row}", f"name {row}", chance.choice(("plain", "a, b", "two\nlines, here", ""))] for row in range(8)
        ]
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([["item_id", "item_name", "description"], *good])
        content, place = text.getvalue(), chance.randrange(35, len(text.getvalue()))
        broken = content[:place] + chance.choice(('"', '""', '",', ',"')) + content[place:]
        rows, refused = _read(tmp_path / f"{number}.csv", broken.encode())
        ids = [str(values[0]).replace('"', "") for _, values in rows]
        assert all(item in {row[0] for row in good} for item in ids), broken
        lines = {place for place, line in enumerate(broken.split("\n"), start=1) if line.strip()}
        assert {number for number, _ in rows} | refused.keys() <= lines


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_excels_line_that_names_the_separator_is_followed(tmp_path: Path, first: str) -> None:
    rows, refused = _read(tmp_path / "i.csv", f"{first}\r\nitem_id;item_name\r\n1;Basil, fresh\r\n".encode())
    assert rows == [(3, ["1", "Basil, fresh"])] and refused == {}


@pytest.mark.parametrize("name", ["i.TSV", "i.csv", "i.tsv.gz"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_by_the_header(tmp_path: Path, name: str, separator: str) -> None:
    rows, refused = _read(tmp_path / name, f'item_id{separator}item_name\n1{separator}"a,b;c\td|e"\n'.encode())
    assert rows == [(2, ["1", "a,b;c\td|e"])] and refused == {}


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0b", "\x0c", "\x1e", "\\n", ";"])
def test_other_characters_end_no_line_and_a_file_of_data_is_not_empty(tmp_path: Path, end: str) -> None:
    content = end.join(["item_id,item_name,description", "1,Basil,secret", "2,Mint,secret", ""])
    with pytest.raises(RefusedFileError) as refused:
        _read(tmp_path / "i.csv", content.encode())
    assert "End lines by LF" in refused.value.refusal.remedy
    assert "secret" not in f"{refused.value.refusal}"
    rows, _ = _read(tmp_path / "i.csv", f"item_id,item_name\n1,Basil{end}fresh\n".encode())
    assert rows == [(2, ["1", f"Basil{end}fresh"])]
