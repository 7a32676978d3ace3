"""The one table of accepted values: per type of the contract its forms, and the usual other ones with what helps.

The loader judges by it, ``shelduck contract`` and ``docs/reference/landing.md`` print it, and the tests try every
example. Patterns are read by the warehouse (RE2) and match a whole value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ml.landing import number_forms, time_forms
from ml.landing import patterns as p
from ml.landing.form import Accepted, Family, Forms, Refused, a_word, spaces_around
from ml.landing.schema import Type

_REALLY: Final = "; where ids really look so, SHELDUCK_ID_WORDS=accept"

_ID: Final = Forms(
    (Accepted("text as it is, digits and leading zeros kept", p.ANY, ("s01", "00042", "b7-Ä/9", "12e5", "1.7")),),
    tuple(
        replace(form, remedy=form.remedy + _REALLY)
        for form in (
            a_word("nan", "NULL", "None", "n/a", "#N/A", "undefined", "NaT", "-"),
            Refused("true or false", p.TRUTH, "Write the id; a flag is none", ("true", "False")),
            Refused(
                "a whole number with a point",
                p.WHOLE_WITH_POINT,
                "Write the digits alone (in pandas: series.astype('Int64') before writing)",
                ("17850.0", "42.00"),
            ),
            Refused(
                "in scientific notation",
                p.EXCEL_SCIENTIFIC,
                "Write all digits (Excel: give the column the format Text before it is filled)",
                ("1.23E+12", "4,5E+11", "1e+20"),
            ),
            spaces_around(p.ANY, " s01", "i07 "),
        )
    ),
    (Family.TEXT, Family.WHOLE, Family.UUID, Family.DECIMAL),
    {
        Family.FLOATING: "Write ids as text; ids as floating-point numbers lose digits",
        Family.BOOLEAN: "Write the id; a flag is none",
        Family.BINARY: "Write ids as text, not as bytes (in pandas: series.str.decode('utf-8'))",
    },
)

_TEXT: Final = Forms(
    (Accepted("text as it is", p.ANY, ("web", "Rake, large")),),
    (),
    tuple(family for family in Family if family not in (Family.BINARY, Family.OTHER)),
    {Family.BINARY: "Write text, not bytes (in pandas: series.str.decode('utf-8'))"},
)

FORMS: Final = {
    Type.ID: _ID,
    Type.TEXT: _TEXT,
    Type.TIMESTAMP: time_forms.TIMESTAMP,
    Type.DATE: time_forms.DATE,
    Type.NUMBER: number_forms.NUMBER,
    Type.INTEGER: number_forms.INTEGER,
    Type.BOOLEAN: number_forms.BOOLEAN,
    Type.RATIO: number_forms.RATIO,
}


def forms_markdown() -> str:
    """All forms as Markdown; ``docs/reference/landing.md`` holds the same text."""
    return "\n\n".join(_section(kind, forms) for kind, forms in FORMS.items())


def _section(kind: Type, forms: Forms) -> str:
    read = "\n".join(f"- {form.what}: {_quoted(form.examples)}" for form in forms.accepted)
    columns = ", ".join(family.value for family in forms.parquet)
    heading = f"### {kind.value}\n\n{read}\n- Parquet columns of {columns}; others may hold no values"
    if not forms.refused:
        return heading
    rows = "\n".join(f"| {form.kind} | {_quoted(form.examples)} | {form.remedy} |" for form in forms.refused)
    return f"{heading}\n\n| refused | such as | what helps |\n|---|---|---|\n{rows}"


def _quoted(examples: tuple[str, ...]) -> str:
    return ", ".join(f"`{example}`" for example in examples)
