"""An export holds the members of one audience in the vendor's layout, and says who is missing."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.columns import Aud
from ml.audiences.export.audit import exports
from ml.audiences.export.export import Exported, Request, export_audience
from ml.audiences.export.layouts import LAYOUTS
from ml.errors import ContactsRefused, ExportRefused, NotPublished
from ml.settings import Settings
from ml.tables import Col
from tests.audiences.export.conftest import HOSTILE, LEFT, MEMBERS, SMALL, WINE, WITHHELD, Publish

HEAD = "user_id,email,phone,first_name,last_name,country,zip"
ANN = "s1, Ann.B+x@Gmail.com ,030 12345678,Ann Mary,O'Neill,de,10 115"
BOB = "s2,,(800)555-0100,Bob,,US,94016-1234"
NOBODY = "s3,no address,12,=cmd|'x'!A1,x,Nowhere,-1"
Contacts = Callable[..., Path]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file(settings: Settings, made: Exported) -> Path:
    return settings.home / made.entry.file


def _cells(settings: Settings, made: Exported) -> list[list[str]]:
    return [line.split(",") for line in _file(settings, made).read_text(encoding="utf-8").splitlines()]


def _export(settings: Settings, layout: str, **asked: object) -> Exported:
    return export_audience(settings, Request(WINE, layout, **asked))  # type: ignore[arg-type]


IDS = {
    "google-customer-match": "User ID",
    "meta-custom-audience": "extern_id",
    "braze": "external_id",
    "klaviyo": "ExternalID",
}


@pytest.mark.parametrize(("layout", "heading"), IDS.items())
def test_by_id_a_vendor_gets_ids_of_members_and_nothing_else(
    settings: Settings, day: date, layout: str, heading: str
) -> None:
    assert _cells(settings, _export(settings, layout)) == [[heading], *([each] for each in MEMBERS)]


def test_every_layout_has_the_file_that_its_name_says(settings: Settings, day: date) -> None:
    for name, layout in LAYOUTS.items():
        file = _file(settings, _export(settings, name))
        rows = pl.read_parquet(file) if layout.is_parquet else pl.read_csv(file, infer_schema=False)
        assert rows.columns == [field.heading for field in layout.by_id] and rows.height == len(MEMBERS)
        assert LEFT not in rows.to_series(2 if Col.user_id in rows.columns else 0).to_list()


def test_the_plain_layout_holds_day_score_and_reasons(settings: Settings, day: date) -> None:
    rows = pl.read_parquet(_file(settings, _export(settings, "parquet")))
    assert rows[Col.as_of_date].to_list() == [day] * len(MEMBERS) and rows[Col.score].dtype == pl.Float64
    assert set(rows[Aud.reason_en]) == {"buys wine"} and set(rows[Aud.audience_id]) == {WINE}


def test_googles_layout_is_hashed_but_for_country_and_zip_and_has_whole_addresses_only(
    settings: Settings, day: date, contacts: Contacts
) -> None:
    made = _export(settings, "google-customer-match", contacts=contacts(HEAD, ANN, BOB, NOBODY))
    ann = [*map(_sha, ("annb@gmail.com", "+493012345678", "ann mary", "o'neill")), "DE", "10 115"]
    bob = ["", _sha("+18005550100"), "", "", "", ""]  # no last name, so no address
    assert _cells(settings, made) == [["Email", "Phone", "First Name", "Last Name", "Country", "Zip"], ann, bob]
    assert (made.rows.without_contact, made.rows.unreachable, made.rows.repeated) == (1, 1, 0)
    assert made.rows.unusable == {"Email": 1, "Phone": 1, "Country": 1, "Zip": 1}


def test_metas_layout_hashes_everything_in_its_own_forms(settings: Settings, day: date, contacts: Contacts) -> None:
    made = _export(settings, "meta-custom-audience", contacts=contacts(HEAD, ANN, BOB))
    ann = [*map(_sha, ("ann.b+x@gmail.com", "493012345678", "ann mary", "oneill", "de", "10115"))]
    bob = ["", _sha("18005550100"), _sha("bob"), "", _sha("us"), _sha("94016")]
    assert _cells(settings, made) == [["email", "phone", "fn", "ln", "country", "zip"], ann, bob]


def test_mailing_tools_get_plain_contacts_and_the_id(settings: Settings, day: date, contacts: Contacts) -> None:
    file = contacts(HEAD, ANN, BOB, NOBODY)
    klaviyo = _cells(settings, _export(settings, "klaviyo", contacts=file))
    assert klaviyo[0] == ["Email", "Phone Number", "First Name", "Last Name", "Country", "Zip Code", "External ID"]
    assert klaviyo[1] == ["ann.b+x@gmail.com", "+493012345678", "Ann Mary", "O'Neill", "DE", "10 115", "s1"]
    assert [row[-1] for row in klaviyo[1:]] == ["s1", "s2"], "without an address nobody can be written to"
    braze = _cells(settings, _export(settings, "braze", contacts=file))
    assert braze[0] == ["external_id", "email", "phone", "first_name", "last_name", "country"]
    assert [row[0] for row in braze[1:]] == list(MEMBERS), "Braze knows them by the id"
    assert braze[3] == ["s3", "", "", "'=cmd|'x'!A1", "x", ""] and braze[4] == ["s4", "", "", "", "", ""]


def test_repeated_contacts_are_counted_and_the_first_row_counts(
    settings: Settings, day: date, contacts: Contacts
) -> None:
    file = contacts("EMAIL, User_ID ,Shoe size", "a@b.de,s1,43", "z@b.de,s1,44", "a@b.de,s2,45", "c@b.de,s9,46")
    made = _export(settings, "meta-custom-audience", contacts=file)
    assert [row[0] for row in _cells(settings, made)[1:]] == [_sha("a@b.de")]
    assert (made.repeated_contacts, made.rows.repeated, made.rows.without_contact) == (1, 1, 2)
    assert (made.entry.members, made.entry.rows) == (4, 1)


def test_a_country_is_assumed_only_where_the_file_names_none(settings: Settings, day: date, contacts: Contacts) -> None:
    file = contacts("user_id,phone,country", "s1,030 12345678,", "s2,(800)555-0100,US")
    made = _export(settings, "braze", contacts=file, country="DE")
    assert [row[2] for row in _cells(settings, made)[1:3]] == ["+493012345678", "+18005550100"]


def test_a_file_of_a_spreadsheet_is_read_too(settings: Settings, day: date, tmp_path: Path) -> None:
    file = tmp_path / "excel.csv"
    file.write_bytes('\ufeffuser_id,first_name,email\r\n"s1","Ann ""A""",a@b.de\r\ns2,"B,b",\r\n'.encode())
    rows = pl.read_csv(_file(settings, _export(settings, "braze", contacts=file)), infer_schema=False)
    assert rows.head(2).select("email", "first_name").rows() == [("a@b.de", 'Ann "A"'), (None, "B,b")]


def test_contacts_are_in_no_file_but_the_export(settings: Settings, day: date, contacts: Contacts) -> None:
    made = _export(settings, "meta-custom-audience", contacts=contacts(HEAD, ANN))
    held = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert _sha("ann.b+x@gmail.com").encode() in held
    assert not any(word in held for word in (b"Ann", b"O'Neill", b"12345678", b"10115", b"contacts of people"))
    assert made.entry.with_contacts


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["user_id;email", "s1;secret@x.de"], "headings user_id and any of email, phone"),
        (["email", "secret@x.de"], "headings user_id and any of email, phone"),
        (["user_id", "s1"], "headings user_id and any of email, phone"),
        (["user_id,email", "s1,secret@x.de,too,many"], "as many cells in a row as headings"),
        (["user_id,email", 's1,"secret@x.de'], "as many cells in a row as headings"),
    ],
)
def test_a_contact_file_that_cannot_be_joined_is_refused_without_its_content(
    settings: Settings, day: date, contacts: Contacts, lines: list[str], told: str
) -> None:
    with pytest.raises(ContactsRefused, match=told) as refused:
        _export(settings, "braze", contacts=contacts(*lines))
    assert "secret" not in str(refused.value) and refused.value.__cause__ is None
    assert exports(settings) == []


def test_contacts_in_another_encoding_are_refused(settings: Settings, day: date, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("user_id,first_name,email\ns1,Zoë,a@b.de\n".encode("latin-1"))
    with pytest.raises(ContactsRefused, match="UTF-8"):
        _export(settings, "braze", contacts=file)


def test_a_withheld_audience_is_refused_with_the_reason(settings: Settings, day: date) -> None:
    with pytest.raises(ExportRefused, match=f"withheld: {WITHHELD}"):
        export_audience(settings, Request(SMALL, "csv"))
    assert exports(settings) == []


def test_an_old_day_is_refused_unless_that_is_meant(settings: Settings, day: date, publish_day: Publish) -> None:
    old = day - timedelta(days=30)
    version = publish_day(old)
    with pytest.raises(ExportRefused, match=f"at most 2 days ago; found {old}, 31 days ago.*--stale-ok"):
        _export(settings, "csv", as_of=old)
    assert _export(settings, "csv", as_of=old, max_age=31).entry.was_stale is False
    made = _export(settings, "csv", as_of=old, stale_ok=True)
    assert (made.entry.version, made.entry.was_stale) == (version, True)
    with pytest.raises(NotPublished):
        _export(settings, "csv", as_of=old - timedelta(days=1), stale_ok=True)


def test_an_audience_is_found_by_id_or_name_and_a_near_one_is_proposed(settings: Settings, day: date) -> None:
    assert export_audience(settings, Request("wine LOVERS", "braze")).entry.audience == WINE
    with pytest.raises(ExportRefused, match="expected one of wine_lovers; found none of that name"):
        export_audience(settings, Request("wine_lover", "braze"))


def test_words_of_a_formula_are_disarmed_in_csv_and_kept_in_parquet(
    settings: Settings, yesterday: date, publish_day: Publish
) -> None:
    publish_day(yesterday, reason="=1+1")
    file = _file(settings, export_audience(settings, Request(HOSTILE, "csv")))
    rows = pl.read_csv(file, infer_schema=False)
    assert set(rows[Aud.reason_en]) == {"'=1+1"} and set(rows[Aud.audience_id]) == {f"'{HOSTILE}"}
    assert file.parent == settings.exports_dir and file.name.startswith("cmd-C-calc-A0-")
    kept = pl.read_parquet(_file(settings, export_audience(settings, Request(HOSTILE, "parquet"))))
    assert set(kept[Aud.reason_en]) == {"=1+1"} and set(kept[Aud.audience_id]) == {HOSTILE}


def test_an_id_that_a_spreadsheet_would_run_refuses_a_csv(
    settings: Settings, yesterday: date, publish_day: Publish
) -> None:
    publish_day(yesterday, members=("s1", "=cmd|'x'!A1"))
    for layout in LAYOUTS.values():
        if not layout.is_parquet:
            with pytest.raises(ExportRefused, match=r"1 ids of members.*Give --to parquet"):
                _export(settings, layout.name)
    assert _export(settings, "parquet").entry.rows == 2


def test_a_layout_without_ids_can_hold_members_of_any_id(
    settings: Settings, yesterday: date, publish_day: Publish, contacts: Contacts
) -> None:
    publish_day(yesterday, members=("=cmd|'x'!A1",))
    made = _export(settings, "meta-custom-audience", contacts=contacts("user_id,email", "=cmd|'x'!A1,a@b.de"))
    assert made.entry.rows == 1


def test_an_export_that_reaches_nobody_is_refused(settings: Settings, day: date, contacts: Contacts) -> None:
    with pytest.raises(ExportRefused, match="members that klaviyo could reach; found none"):
        _export(settings, "klaviyo", contacts=contacts("user_id,email", "s1,none"))
    assert exports(settings) == []


def test_a_place_that_was_asked_for_is_never_overwritten(settings: Settings, day: date, tmp_path: Path) -> None:
    made = _export(settings, "braze", out=tmp_path / "for braze.csv")
    assert made.entry.file == "for braze.csv" and stat.S_IMODE((tmp_path / "for braze.csv").stat().st_mode) == 0o600
    with pytest.raises(ExportRefused, match="expected a file that is not there yet"):
        _export(settings, "braze", out=tmp_path / "for braze.csv")
    with pytest.raises(ExportRefused, match=r"a name that ends in \.parquet"):
        _export(settings, "parquet", out=tmp_path / "x.csv")
    with pytest.raises(ExportRefused, match="outside the data home, or its exports; found another folder of the home"):
        _export(settings, "braze", out=settings.home / "published" / "x.csv")
    assert _export(settings, "braze", out=settings.exports_dir / "mine.csv").entry.file == "exports/mine.csv"
    assert (tmp_path / _export(settings, "braze", out=tmp_path).entry.file).is_file()
