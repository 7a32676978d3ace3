"""Every example of the table of accepted values is read or refused as the table says, in every format."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ml.landing.contract import FORMS
from ml.landing.folder import LandedFile
from ml.landing.form import Forms
from ml.landing.forms import forms_markdown
from ml.landing.parquet_files import ParquetProbe
from ml.landing.schema import Column, Kind, LandingTable, Type
from ml.landing.staging import Stage
from ml.settings import Settings
from ml.warehouse.connection import memory

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "landing.md"


@dataclass(frozen=True)
class Judged:
    """What became of the values of one file, by their order: typed ones, and reason, class, remedy of refused ones."""

    values: dict[int, object]
    refused: dict[int, tuple[str, str, str]]


@contextmanager
def _stage(home: Path, kind: Type, *, accepts_id_words: bool = False) -> Iterator[Stage]:
    table = LandingTable(
        "trial", Kind.EVENT, ("number",), (Column("number", Type.INTEGER, ""), Column("value", kind, "")), ""
    )
    settings = Settings(home=home)
    connection, probe = memory(settings), ParquetProbe(settings)
    connection.execute("set timezone = 'UTC'")
    try:
        yield Stage(connection, table, datetime(2026, 1, 1, tzinfo=UTC), probe, accepts_id_words)
    finally:
        probe.close()
        connection.close()


def _judge(stage: Stage, path: Path) -> Judged:
    stage.clear()
    read = stage.read(0, LandedFile(path, f"trial/{path.name}", path.stat().st_size, 0))
    staged = stage.connection.execute("select _row, value from staged").fetchall()
    refused = stage.connection.execute("select _row, reason, value_class, remedy from refused").fetchall()
    assert read.rows == len(staged) + len(refused)
    first = 2 if path.suffix == ".csv" else 1
    assert all(row is not None for row, *_ in refused), refused
    return Judged({row - first: value for row, value in staged}, {row - first: tuple(rest) for row, *rest in refused})


def _write(folder: Path, suffix: str, values: tuple[str, ...]) -> Path:
    path = folder / f"values.{suffix}"
    if suffix == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("number", "value"), *enumerate(values, start=1)])
    elif suffix == "jsonl":
        lines = (json.dumps({"number": n, "value": v}, ensure_ascii=False) for n, v in enumerate(values, start=1))
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        pl.DataFrame({"number": range(1, len(values) + 1), "value": list(values)}).write_parquet(path)
    return path


@pytest.mark.parametrize("kind", list(Type), ids=lambda kind: kind.name)
def test_every_example_of_an_accepted_form_is_read_alike_in_every_format(tmp_path: Path, kind: Type) -> None:
    examples = tuple(example for form in FORMS[kind].accepted for example in form.examples)
    assert examples
    with _stage(tmp_path, kind) as stage:
        judged = [_judge(stage, _write(tmp_path, suffix, examples)) for suffix in ("csv", "jsonl", "parquet")]
    for each in judged:
        assert each.refused == {}
        assert each.values == judged[0].values
        assert len(each.values) == len(examples) and None not in each.values.values()


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Type.TIMESTAMP, "2025-05-31 08:12:00 +0200", datetime(2025, 5, 31, 6, 12, tzinfo=UTC)),
        (Type.TIMESTAMP, "2025-05-31 08:12:00.5 UTC", datetime(2025, 5, 31, 8, 12, 0, 500000, tzinfo=UTC)),
        (Type.TIMESTAMP, "2025-05-31t08:12 z", datetime(2025, 5, 31, 8, 12, tzinfo=UTC)),
        (Type.TIMESTAMP, "2025-05-31T08:12:00-0330", datetime(2025, 5, 31, 11, 42, tzinfo=UTC)),
        (Type.TIMESTAMP, "2025-05-31T08:12:00.123456789Z", datetime(2025, 5, 31, 8, 12, 0, 123456, tzinfo=UTC)),
        (Type.ID, "00042", "00042"),
        (Type.NUMBER, "1.250000", Decimal("1.25")),
        (Type.DATE, "2025-05-31 00:00:00", date(2025, 5, 31)),
        (Type.BOOLEAN, "0.0", False),
        (Type.INTEGER, "3.0", 3),
    ],
)
def test_an_accepted_value_means_what_it_says(tmp_path: Path, kind: Type, value: str, expected: object) -> None:
    with _stage(tmp_path, kind) as stage:
        assert _judge(stage, _write(tmp_path, "csv", (value,))).values == {0: expected}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("kind", [kind for kind in Type if FORMS[kind].refused], ids=lambda kind: kind.name)
def test_every_example_of_a_refused_form_gets_its_own_reason_and_remedy(
    tmp_path: Path, kind: Type, suffix: str
) -> None:
    expected = [
        (example, (f"value is {form.kind}", form.kind, form.remedy))
        for form in FORMS[kind].refused
        for example in form.examples
    ]
    with _stage(tmp_path, kind) as stage:
        judged = _judge(stage, _write(tmp_path, suffix, tuple(example for example, _ in expected)))
    assert judged.values == {}
    told = [(example, judged.refused[number]) for number, (example, _) in enumerate(expected)]
    assert told == expected


def test_each_form_has_an_example_and_each_refusal_says_what_helps() -> None:
    for forms in FORMS.values():
        assert forms.accepted and forms.parquet
        assert all(form.examples for form in (*forms.accepted, *forms.refused))
        assert all(form.remedy and form.kind for form in forms.refused)
        kinds = [form.kind for form in forms.refused]
        assert len(set(kinds)) == len(kinds)


def test_ids_that_look_like_missing_values_are_read_where_the_shop_says_so(tmp_path: Path) -> None:
    words = tuple(example for form in FORMS[Type.ID].refused for example in form.examples)
    with _stage(tmp_path, Type.ID, accepts_id_words=True) as stage:
        judged = _judge(stage, _write(tmp_path, "csv", (*words, " ")))
    assert judged == Judged({**dict(enumerate(words)), len(words): None}, {})


_COLUMNS: dict[str, pl.Series] = {
    "null": pl.Series([None, None]),
    "NaN": pl.Series([float("nan"), None], dtype=pl.Float64),
    "float32": pl.Series([float("nan"), None], dtype=pl.Float32),
    "NaT": pl.Series([None, None], dtype=pl.Datetime("ns")),
    "zoned": pl.Series([None, None], dtype=pl.Datetime("ns", "UTC")),
    "date": pl.Series([None, None], dtype=pl.Date),
    "bytes": pl.Series([None, None], dtype=pl.Binary),
    "list": pl.Series([None, None], dtype=pl.List(pl.Int64)),
    "struct": pl.Series([None, None], dtype=pl.Struct({"a": pl.Int64})),
    "whole": pl.Series([None, None], dtype=pl.Int64),
    "boolean": pl.Series([None, None], dtype=pl.Boolean),
    "time": pl.Series([None, None], dtype=pl.Time),
    "text": pl.Series([None, ""], dtype=pl.String),
}


@pytest.mark.parametrize("kind", list(Type), ids=lambda kind: kind.name)
def test_an_optional_column_without_a_single_value_is_read_whatever_its_type(tmp_path: Path, kind: Type) -> None:
    path = tmp_path / "values.parquet"
    with _stage(tmp_path, kind) as stage:
        for name, column in _COLUMNS.items():
            pl.DataFrame({"number": [1, 2], "value": column}).write_parquet(path)
            assert _judge(stage, path) == Judged({0: None, 1: None}, {}), name


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_parquet_timestamp_with_a_zone_is_read_in_every_unit(tmp_path: Path, unit: str, zone: str) -> None:
    moment = datetime(2025, 5, 31, 8, 12, 0, 250000, tzinfo=UTC)
    path = tmp_path / "values.parquet"
    column = pl.Series([moment]).dt.convert_time_zone(zone).dt.cast_time_unit(unit)  # type: ignore[arg-type]
    pl.DataFrame({"number": [1], "value": column}).write_parquet(path)
    with _stage(tmp_path, Type.TIMESTAMP) as stage:
        assert _judge(stage, path) == Judged({0: moment}, {})


@pytest.mark.parametrize(
    ("kind", "values", "fit", "told"),
    [
        (Type.TIMESTAMP, [datetime(2025, 5, 31, 8), None], {1: None}, ("of type TIMESTAMP", "dt.tz_localize(zone)")),
        (Type.TIMESTAMP, [date(2025, 5, 31), None], {1: None}, ("of type DATE", "time zone too")),
        (Type.TIMESTAMP, [1748679120, None], {1: None}, ("of type BIGINT", "unit='s', utc=True")),
        (Type.ID, [17850.0, float("nan")], {1: None}, ("of type DOUBLE", "lose digits")),
        (Type.ID, [b"s01", None], {1: None}, ("of type BLOB", "not as bytes")),
        (Type.ID, [True, None], {1: None}, ("of type BOOLEAN", "a flag is none")),
        (Type.ID, [Decimal("17850"), Decimal("7")], {0: "17850", 1: "7"}, ("", "")),
        (Type.ID, [Decimal("17850.50"), None], {0: "17850.50", 1: None}, ("", "")),
        (Type.ID, [Decimal("17850.00"), None], {1: None}, ("a whole number with a point", "digits alone")),
        (Type.NUMBER, [[1.0], None], {1: None}, ("of type LIST", "Write value as number")),
        (Type.NUMBER, [float("inf"), 1.5], {1: Decimal("1.5")}, ("too large or infinite", "number")),
        (Type.INTEGER, [3.5, 4.0], {1: 4}, ("a number with decimals", "whole number")),
        (Type.BOOLEAN, [2.0, 1.0], {1: True}, ("is no true or false", "such as true")),
        (Type.DATE, [datetime(2025, 5, 31, tzinfo=UTC), None], {1: None}, ("of type TIMESTAMP", "nobody knows")),
    ],
)  # fmt: skip
def test_a_parquet_column_is_judged_value_by_value(
    tmp_path: Path, kind: Type, values: list[object], fit: dict[int, object], told: tuple[str, str]
) -> None:
    path = tmp_path / "values.parquet"
    pl.DataFrame({"number": [1, 2], "value": values}).write_parquet(path)
    with _stage(tmp_path, kind) as stage:
        judged = _judge(stage, path)
    assert judged.values == fit
    assert set(judged.refused) == {0, 1} - set(fit)
    for reason, _, remedy in judged.refused.values():
        assert told[0] in reason and told[1] in remedy


def test_a_json_value_is_as_strict_as_a_parquet_one_about_ids(tmp_path: Path) -> None:
    values = (
        "17850",
        "17850.0",
        "1.23e+12",
        "true",
        "NaN",
        "null",
        '"NaN"',
        '" s01"',
        '"s01"',
        "{}",
        "[1]",
        "Infinity",
    )
    path = tmp_path / "values.jsonl"
    path.write_text("\n".join(f'{{"number": {n}, "value": {v}}}' for n, v in enumerate(values, start=1)))
    with _stage(tmp_path, Type.ID) as stage:
        judged = _judge(stage, path)
    assert judged.values == {0: "17850", 4: None, 5: None, 8: "s01"}
    assert len(judged.refused) == len(values) - 4
    assert all(reason and remedy for reason, _, remedy in judged.refused.values())


_ALPHABETS = {
    Type.NUMBER: "0123456789.,+-eE $%()' ",
    Type.INTEGER: "0123456789.,+- ",
    Type.TIMESTAMP: "0123456789-:TZ +.",
    Type.ID: "na/N-.eE+01ull ()#",
}


@pytest.mark.parametrize("kind", list(_ALPHABETS), ids=lambda kind: kind.name)
def test_any_text_is_read_as_what_it_says_or_refused(tmp_path: Path, kind: Type) -> None:
    chance = random.Random(kind.name)
    examples = [text for form in (*FORMS[kind].accepted, *FORMS[kind].refused) for text in form.examples]
    values = []
    for _ in range(3000):
        text = list(chance.choice(examples))
        for _ in range(chance.randint(0, 3)):
            text[chance.randrange(len(text))] = chance.choice(_ALPHABETS[kind])
        values.append("".join(text))
    for _ in range(3000):
        text = list(chance.choice(examples))
        text.insert(chance.randrange(len(text) + 1), chance.choice(_ALPHABETS[kind]))
        values.append("".join(text))
    with _stage(tmp_path, kind) as stage:
        judged = _judge(stage, _write(tmp_path, "parquet", tuple(values)))
    assert len(judged.values) + len(judged.refused) == len(values)
    assert len(judged.values) > 100 and len(judged.refused) > 100
    for number, found in judged.values.items():
        assert found is None or found == _meaning(kind, values[number]), values[number]


def _meaning(kind: Type, text: str) -> object:
    match kind:
        case Type.NUMBER | Type.INTEGER:
            return Decimal(text)
        case Type.TIMESTAMP:
            plain = re.sub(r" ?(Z|UTC)$", "+00:00", text.upper()).replace("T24:", "T23:").replace(" 24:", " 23:")
            moment = datetime.fromisoformat(re.sub(r" ([+-]\d\d)", r"\1", plain))
            return moment + timedelta(hours=1) if re.search("[Tt ]24:", text) else moment
        case _:
            return text


def test_the_docs_hold_the_forms_as_they_are() -> None:
    assert forms_markdown() in DOCS.read_text(encoding="utf-8")


def test_every_type_is_in_the_table() -> None:
    assert set(FORMS) == set(Type)
    assert all(isinstance(forms, Forms) for forms in FORMS.values())
