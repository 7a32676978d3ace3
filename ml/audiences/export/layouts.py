"""The layouts of exports, one declaration each. ``docs/how-to/export-audiences.md`` names the vendors' documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ml.audiences.columns import Aud
from ml.audiences.export import hashing
from ml.audiences.export.hashing import Form
from ml.tables import Col


class Contact(StrEnum):
    """Columns of a contact file beside the shopper's id."""

    EMAIL = "email"
    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COUNTRY = "country"
    ZIP = "zip"


class Cell(StrEnum):
    """What a column holds, and so what keeps a spreadsheet from running it (``ml.audiences.export.formulas``)."""

    SAFE = "a number, a hash, or text of a form that is no formula"
    TEXT = "free text"
    ID = "an id that must stay as it is"


@dataclass(frozen=True)
class Field:
    """A column of an export.

    Attributes:
        heading: its name in the file.
        column: of ``audience_member``, of the contact file or of the export itself.
        form: how a text of a contact file is written; None for what is written as it is.
        is_hashed: whether the SHA-256 of that is written.
    """

    heading: str
    column: str
    form: Form | None = None
    is_hashed: bool = False
    cell: Cell = Cell.SAFE


@dataclass(frozen=True)
class Layout:
    """A file as a tool expects it.

    Attributes:
        by_id: columns without a contact file: the shop's own ids, which the tool must know.
        by_contact: columns with one.
        reaches: groups of headings of ``by_contact``; a member of whom no group is complete is left out.
        whole: headings that are written together or not at all, because the tool uses them only together.
        is_parquet: whether it is Parquet; else CSV, UTF-8, with headings.
        says: what else a person who uploads the file should know.
    """

    name: str
    by_id: tuple[Field, ...]
    by_contact: tuple[Field, ...]
    reaches: tuple[tuple[str, ...], ...]
    whole: tuple[str, ...] = ()
    is_parquet: bool = False
    says: str = ""

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return ".parquet" if self.is_parquet else ".csv"


_ID: Final = Field(Col.user_id, Col.user_id, cell=Cell.ID)
_MEMBER: Final = (
    Field(Aud.audience_id, Aud.audience_id, cell=Cell.TEXT),
    Field(Col.as_of_date, Col.as_of_date),
    _ID,
    Field(Col.score, Col.score),
    Field(Aud.reason_en, Aud.reason_en, cell=Cell.TEXT),
    Field(Aud.reason_zh, Aud.reason_zh, cell=Cell.TEXT),
)
_PLAIN: Final = (
    Field("email", Contact.EMAIL, hashing.email),
    Field("phone", Contact.PHONE, hashing.phone),
    Field("first_name", Contact.FIRST_NAME, hashing.name, cell=Cell.TEXT),
    Field("last_name", Contact.LAST_NAME, hashing.name, cell=Cell.TEXT),
    Field("country", Contact.COUNTRY, hashing.country_code),
)
_ZIP: Final = Field("zip", Contact.ZIP, hashing.zip_code)
_BRAZE_ID: Final = Field("external_id", Col.user_id, cell=Cell.ID)
_ADDRESS: Final = ("First Name", "Last Name", "Country", "Zip")

_DECLARED: Final = (
    Layout("csv", _MEMBER, (*_MEMBER, *_PLAIN, _ZIP), ((Col.user_id,),)),
    Layout("parquet", _MEMBER, (*_MEMBER, *_PLAIN, _ZIP), ((Col.user_id,),), is_parquet=True),
    Layout(
        "google-customer-match",
        (Field("User ID", Col.user_id, cell=Cell.ID),),
        (
            Field("Email", Contact.EMAIL, hashing.email_for_google, is_hashed=True),
            Field("Phone", Contact.PHONE, hashing.phone, is_hashed=True),
            Field("First Name", Contact.FIRST_NAME, hashing.small_name, is_hashed=True),
            Field("Last Name", Contact.LAST_NAME, hashing.small_name, is_hashed=True),
            Field("Country", Contact.COUNTRY, hashing.country_code),
            Field("Zip", Contact.ZIP, hashing.zip_code),
        ),
        (("Email",), ("Phone",), _ADDRESS),
        whole=_ADDRESS,
        says="tell Google that the data is hashed already",
    ),
    Layout(
        "meta-custom-audience",
        (Field("extern_id", Col.user_id, cell=Cell.ID),),
        (
            Field("email", Contact.EMAIL, hashing.email, is_hashed=True),
            Field("phone", Contact.PHONE, hashing.phone_digits, is_hashed=True),
            Field("fn", Contact.FIRST_NAME, hashing.bare_name, is_hashed=True),
            Field("ln", Contact.LAST_NAME, hashing.bare_name, is_hashed=True),
            Field("country", Contact.COUNTRY, hashing.small_country_code, is_hashed=True),
            Field("zip", Contact.ZIP, hashing.bare_zip_code, is_hashed=True),
        ),
        (("email",), ("phone",), ("fn", "ln", "country", "zip")),
    ),
    Layout(
        "braze",
        (_BRAZE_ID,),
        (_BRAZE_ID, *_PLAIN),
        (("external_id",),),
        says="an email address or a phone number replaces the one that Braze has",
    ),
    Layout(
        "klaviyo",
        (Field("ExternalID", Col.user_id, cell=Cell.ID),),
        (
            Field("Email", Contact.EMAIL, hashing.email),
            Field("Phone Number", Contact.PHONE, hashing.phone),
            Field("First Name", Contact.FIRST_NAME, hashing.name, cell=Cell.TEXT),
            Field("Last Name", Contact.LAST_NAME, hashing.name, cell=Cell.TEXT),
            Field("Country", Contact.COUNTRY, hashing.country_code),
            Field("Zip Code", Contact.ZIP, hashing.zip_code),
            Field("External ID", Col.user_id, cell=Cell.ID),
        ),
        (("Email",), ("Phone Number",)),
        says="ids alone go in by SFTP, a file with contacts by the import of a list",
    ),
)
LAYOUTS: Final[dict[str, Layout]] = {layout.name: layout for layout in _DECLARED}
"""By the name that ``--to`` takes."""
