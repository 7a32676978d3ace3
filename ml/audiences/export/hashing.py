"""Contact data in the forms in which vendors compare it, and its SHA-256.

Each form takes a text of a contact file and the shopper's country as that file, or ``--country``, gives it. It returns
the text in that form, or an empty one where it can't be what it should be: never an error, and never another text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias

import phonenumbers

Form: TypeAlias = Callable[[str, str], str]

_EMAIL: Final = re.compile(r"\w[^\s@,;:<>()\[\]\\\"|=]*@\w[\w.-]*\.\w{2,}")
"""It begins with a letter, a digit or an underscore, so no spreadsheet takes it for a formula."""
_GMAIL: Final = ("gmail.com", "googlemail.com")
_ZIP: Final = re.compile(r"[^\W_][^\W_ -]*(?:[ -][^\W_]+)*")
_LONGEST_ZIP: Final = 12
_US_ZIP: Final = 5
_OTHER_NAMES: Final = {"UK": "GB"}
"""Codes that people write and ISO 3166-1 has otherwise."""


def sha256_hex(text: str) -> str:
    """The SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def country_code(text: str, _country: str = "") -> str:
    """ISO 3166-1 alpha-2, upper case."""
    code = text.strip().upper()
    code = _OTHER_NAMES.get(code, code)
    return code if code in phonenumbers.SUPPORTED_REGIONS else ""


def small_country_code(text: str, _country: str = "") -> str:
    """ISO 3166-1 alpha-2, lower case."""
    return country_code(text).lower()


def email(text: str, _country: str = "") -> str:
    """Without blanks around it, lower case."""
    plain = _composed(text).lower()
    return plain if _EMAIL.fullmatch(plain) else ""


def email_for_google(text: str, _country: str = "") -> str:
    """Without any blanks, lower case; of Gmail's addresses without dots and suffix before the @."""
    plain = email("".join(text.split()))
    local, _, domain = plain.rpartition("@")
    if domain not in _GMAIL:
        return plain
    local = local.partition("+")[0].replace(".", "")
    return f"{local}@{domain}" if local else ""


def phone(text: str, country: str) -> str:
    """E.164, such as ``+18005550100``; a number without country code is one of the shopper's country."""
    region = country_code(country)
    written = text.strip()
    if not region and written.startswith("00"):
        written = f"+{written[2:]}"
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_digits(text: str, country: str) -> str:
    """E.164 without the plus sign."""
    return phone(text, country).removeprefix("+")


def name(text: str, _country: str = "") -> str:
    """As written, without blanks around it."""
    return _composed(text)


def small_name(text: str, _country: str = "") -> str:
    """Lower case, one blank between words."""
    return " ".join(_composed(text).lower().split())


def bare_name(text: str, _country: str = "") -> str:
    """Lower case, without punctuation, one blank between words."""
    kept = (letter for letter in _composed(text).lower() if not unicodedata.category(letter).startswith("P"))
    return " ".join("".join(kept).split())


def zip_code(text: str, _country: str = "") -> str:
    """As written, without blanks around it; letters and digits, with single blanks or hyphens between them."""
    plain = _composed(text)
    return plain if len(plain) <= _LONGEST_ZIP and _ZIP.fullmatch(plain) else ""


def bare_zip_code(text: str, country: str) -> str:
    """Lower case, without blanks and hyphens; in the United States the first five digits."""
    plain = zip_code(text).lower().replace(" ", "").replace("-", "")
    return plain[:_US_ZIP] if country_code(country) == "US" else plain


def _composed(text: str) -> str:
    """One sequence of code points for each letter, or equal names would have different hashes."""
    return unicodedata.normalize("NFC", text).strip()
