"""Contact data has the form that each vendor's document asks for; what can't have it is empty."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.audiences.export import hashing

FORMS = {
    "country_code": hashing.country_code,
    "email": hashing.email,
    "email_for_google": hashing.email_for_google,
    "phone": hashing.phone,
    "phone_digits": hashing.phone_digits,
    "zip_code": hashing.zip_code,
    "bare_zip_code": hashing.bare_zip_code,
}


def test_a_hash_is_lower_case_hexadecimal_of_the_utf8_bytes() -> None:
    assert hashing.sha256_hex("test@example.com") == "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
    assert hashing.sha256_hex("zoë") == hashlib.sha256(b"zo\xc3\xab").hexdigest()


@pytest.mark.parametrize(
    ("written", "plain", "for_google"),
    [
        (" Test@Example.COM ", "test@example.com", "test@example.com"),
        (
            "Cloudy.SanFrancisco+shopping@Gmail.com",
            "cloudy.sanfrancisco+shopping@gmail.com",
            "cloudysanfrancisco@gmail.com",
        ),
        ("a.b@googlemail.com", "a.b@googlemail.com", "ab@googlemail.com"),
        ("User.Name+NYC@Example.com", "user.name+nyc@example.com", "user.name+nyc@example.com"),
        ("a b@example.com", "", "ab@example.com"),
        ("no address", "", ""),
        ("a@b", "", ""),
        ("=cmd@example.com", "", ""),
        ("+x@example.com", "", ""),
    ],
)
def test_the_rule_of_gmails_dots_holds_for_google_alone(written: str, plain: str, for_google: str) -> None:
    assert (hashing.email(written), hashing.email_for_google(written)) == (plain, for_google)


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("(800)555-0100", "US", "+18005550100"),
        ("030 / 12 34 56 78", "de", "+493012345678"),
        ("0049 30 12345678", "", "+493012345678"),
        ("+49 (0)30 12345678", "", "+493012345678"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+44 844 412 4653", "US", "+448444124653"),
        ("030 12345678", "", ""),
        ("12", "DE", ""),
        ("call me", "DE", ""),
    ],
)
def test_a_phone_number_becomes_e164_of_its_country(written: str, country: str, e164: str) -> None:
    assert hashing.phone(written, country) == e164
    assert hashing.phone_digits(written, country) == e164.lstrip("+")


def test_a_country_is_two_letters_of_iso_3166_or_nothing() -> None:
    written = [" de", "UK", "GB", "Germany", "DEU", "ZZ", "=1", ""]
    assert [hashing.country_code(each) for each in written] == ["DE", "GB", "GB", "", "", "", "", ""]


def test_zip_codes_lose_what_each_vendor_does_not_compare() -> None:
    assert hashing.zip_code(" WC2H 8LG ") == "WC2H 8LG" and hashing.bare_zip_code("WC2H 8LG", "GB") == "wc2h8lg"
    assert hashing.bare_zip_code("94016-1234", "US") == "94016" and hashing.bare_zip_code("94016-1234", "BR") != "94016"
    assert [hashing.zip_code(each) for each in ("-12", "=1+1", "1" * 13)] == ["", "", ""]


def test_names_are_compared_in_lower_case_without_what_people_add() -> None:
    assert (
        hashing.small_name("  Mary   ANN ") == "mary ann"
        and hashing.bare_name("O'Brien-Smith, Jr.") == "obriensmith jr"
    )
    decomposed = "Zoe\u0308"
    assert hashing.small_name(decomposed) == "zoë" == hashing.bare_name("Zoë")


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=40), country=st.sampled_from(["", "US", "DE", "??"]))
def test_a_form_is_a_fixed_point_that_no_spreadsheet_runs(form: str, text: str, country: str) -> None:
    made = FORMS[form](text, country)
    assert FORMS[form](made, country) in {made, ""} if form == "phone_digits" else FORMS[form](made, country) == made
    assert not made.startswith(("=", "-", "@", "\t", "\r")) and (form == "phone" or not made.startswith("+"))
