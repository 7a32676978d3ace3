"""``shelduck audience``: what a person types, reads and gets, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.columns import Aud
from ml.audiences.export.audit import exports
from ml.audiences.export.chosen import MAX_AGE_DAYS
from ml.audiences.export.layouts import LAYOUTS
from ml.commands.audiences import To
from ml.console.audiences import _consent
from ml.landing.adapters.pseudonyms import Pseudonyms
from ml.settings import Settings
from ml.tables import Col
from tests.audiences.export.conftest import MEMBERS, WINE, WITHHELD, Publish
from tests.typed import HOSTILE, leaves, type_command


@pytest.fixture
def home(settings: Settings, day: date, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    yield settings


def test_the_command_knows_every_layout_and_the_age_that_is_documented() -> None:
    assert [each.value for each in To] == [*LAYOUTS]
    assert {each.default for each in leaves()["audience export"].params if each.name == "max_age"} == {MAX_AGE_DAYS}


def test_audiences_are_listed_with_their_change_and_what_is_withheld(
    home: Settings, day: date, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = type_command(capsys, "audience", "list")
    assert answer.code == 0 and f"audiences as of {day}" in answer.output
    (line,) = (line for line in answer.output.splitlines() if line.startswith(WINE))
    assert "Wine lovers" in line and "+1 -1" in line and "granted for email_marketing" in line
    assert WITHHELD in answer.output


def test_an_export_says_consent_counts_file_and_hash(
    home: Settings, day: date, capsys: pytest.CaptureFixture[str], contacts: Callable[..., Path]
) -> None:
    file = contacts("user_id,email", "s1,a@b.de", "s2,nothing")
    answer = type_command(capsys, "audience", "export", WINE, "--to", "google-customer-match", "--contacts", str(file))
    told = answer.output.splitlines()
    (entry,) = exports(home)
    assert told[:2] == [
        f"{WINE} as of {day}: {len(MEMBERS)} members",
        "consent for email_marketing: granted by every member; 17 others have not",
    ]
    assert told[2] == "contacts: 2 members have none, 1 members have none that google-customer-match uses"
    assert told[3] == "not usable and left empty: Email 1"
    assert told[4] == f"wrote {entry['file']}: 1 rows, sha256 {entry['sha256']}"
    assert (home.home / entry["file"]).is_file() and "a@b.de" not in answer.output + answer.errors


def test_where_a_few_have_not_consented_their_number_stays_unsaid() -> None:
    row = {Col.purpose: "email", Aud.consent: "granted", Aud.without_consent: None}
    assert _consent(row) == "consent for email: granted by every member; a few others have not"


def test_shoppers_who_are_known_by_a_pseudonym_are_joined_by_their_address(
    home: Settings, day: date, publish_day: Publish, capsys: pytest.CaptureFixture[str], contacts: Callable[..., Path]
) -> None:
    named = [str(Pseudonyms.of(home).user_id(f"{name}@x.de")) for name in ("ann", "bob")]
    publish_day(day, members=(*named, "s1"))
    words = ("audience", "export", WINE, "--to", "braze", "--contacts")
    assert type_command(capsys, *words, str(contacts("email,first_name", " Ann@X.de,Ann", ",none"))).code == 0
    file = contacts("user_id,email,first_name", "BOB@x.de,,Bob", ",ann@x.de,Ann", "s1,c@x.de,Cid", "s2,d@x.de,Dan")
    assert type_command(capsys, *words, str(file), "--out", "all.csv").code == 0
    rows = pl.read_csv("all.csv", infer_schema=False)
    assert dict(rows.select("external_id", "first_name").iter_rows()) == {
        **dict(zip(named, ("Ann", "Bob"), strict=True)),
        "s1": "Cid",
    }
    assert exports(home)[0]["rows"] == 3 and not (home.home / "logs").exists()


def test_a_day_whose_landing_files_changed_is_refused_unless_that_is_meant(
    home: Settings, day: date, capsys: pytest.CaptureFixture[str]
) -> None:
    late = home.landing_dir / "consents" / f"dt={day}" / "late.csv"
    late.parent.mkdir(parents=True)
    late.write_text("user_id,purpose,granted,granted_ts\ns1,email_marketing,false,2020-01-01T00:00:00Z\n")
    words = ("audience", "export", WINE, "--to", "braze")
    refused = type_command(capsys, *words)
    assert refused.code == 1 and f"found others: consents/dt={day}" in refused.errors
    assert "stale and exported all the same" in type_command(capsys, *words, "--stale-ok").output
    assert [line["was_stale"] for line in exports(home)] == [True]


@pytest.mark.parametrize("option", ["--out", "--contacts"])
def test_no_value_of_an_option_breaks_an_export(
    home: Settings, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    faults = {}
    for value in HOSTILE:
        answer = type_command(capsys, "audience", "export", f"{option}={value}", "--to=braze", "--", WINE)
        if fault := answer.fault():
            faults[value] = fault
    assert faults == {} and not list((home.home / "logs").glob("error-*"))


def test_no_name_breaks_an_export(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {name: type_command(capsys, "audience", "export", "--to=csv", "--", name) for name in HOSTILE}
    assert {name: answer.fault() for name, answer in answers.items() if answer.fault()} == {}
    assert {answer.code for answer in answers.values()} == {1} and exports(home) == []
