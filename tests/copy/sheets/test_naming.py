"""How texts name products of a catalogue."""

from __future__ import annotations

import pytest

from ml.copy.sheets.naming import name_of, readable
from ml.text.facts import FactSheet, Product
from ml.text.validation.check import validate
from ml.text.validation.names import Catalogue
from testkit.copy_shop import ATTACKS


@pytest.mark.parametrize(
    ("landed", "written"),
    [
        ("FLUID MILK WHITE ONLY", "Fluid Milk White Only"),
        ("EGGS - X-LARGE, 1 DZ", "Eggs - X-Large (1 dz)"),
        ("CHILDREN'S  SNACK", "Children's Snack"),
        ("SOFT DRINKS 6PK/4PK CAN CARB (, 12 OZ", "Soft Drinks 6PK/4PK Can Carb"),
        ("Alpine Coffee, 500 g", "Alpine Coffee, 500 g"),
        ("iPad mini", "iPad mini"),
        ("高山咖啡豆", "高山咖啡豆"),
    ],
)
def test_capitals_become_readable_and_every_other_name_stays_as_it_is(landed: str, written: str) -> None:
    assert readable(landed) == written == name_of(landed)


def test_the_validator_knows_a_readable_name_for_the_catalogues() -> None:
    catalogue = Catalogue(["EGGS - X-LARGE, 1 DZ", "FLUID MILK WHITE ONLY"])
    sheet = FactSheet("en", "email_body", products=(Product((readable("EGGS - X-LARGE, 1 DZ"),)),))
    assert validate("Our tip: Eggs - X-Large (1 dz).", sheet, catalogue).passed
    assert not validate("Our tip: Fluid Milk White Only.", sheet, catalogue).passed


@pytest.mark.parametrize("attack", [*ATTACKS, "", None])
def test_what_states_or_commands_is_no_name(attack: str | None) -> None:
    assert name_of(attack) is None
