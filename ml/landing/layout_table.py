"""The contract's table of page layouts: which placements stand together on a screen, and in which order."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import Column, Kind, LandingTable, Rule, Type, identifier, place, text
from ml.placements import DEFAULT_PLACES

MOST_PLACES: Final = 20
MOST_ROWS: Final = 50
_NAME: Final = "[a-z][a-z0-9_]*"


def _named(column: str) -> Rule:
    """A name begins with a small letter; small letters, digits and _ follow."""
    return Rule(
        column,
        f"not regexp_full_match({column}, '{_NAME}')",
        f"{column} is not a name of small letters, digits and _",
        f"Begin {column} with a letter from a to z and go on with small letters, digits and _, such as for_you",
    )


def _at_most(column: str, most: int) -> Rule:
    return Rule(column, f'"{column}" > {most}', f"{column} is above {most}", f"Write a whole number from 1 to {most}")


LAYOUTS: Final = LandingTable(
    "layouts",
    Kind.ENTITY,
    ("layout", "row"),
    (
        identifier("layout", "name of the screen, such as home", required=True),
        place("row", f"row of the screen in the shop's order, at most {MOST_ROWS}", required=True),
        text("placement", "placement whose list the row shows, such as for_you", required=True),
        Column(
            "places",
            Type.INTEGER,
            f"how many items the row shows, at most {MOST_PLACES}; absent means {DEFAULT_PLACES}",
            unit="items",
        ),
        Column("fixed", Type.BOOLEAN, "true: the row keeps its position; absent means false: ordered per shopper"),
        Column("valid_from", Type.DATE, "first day on which the screen shows the row; absent: at once"),
        Column("valid_until", Type.DATE, "last day of it, included; absent: until further notice"),
        Column("enabled", Type.BOOLEAN, "false switches the row off; absent means true"),
    ),
    "Rows of the shop's screens: one row per screen and row. A row ends by valid_until or enabled, never by its "
    "absence from a later file.",
    (
        _named("layout"),
        _named("placement"),
        _at_most("row", MOST_ROWS),
        _at_most("places", MOST_PLACES),
        Rule(
            "valid_until",
            "valid_until < valid_from",
            "valid_until lies before valid_from",
            "Both days belong to the period; a row of one day has valid_until = valid_from",
        ),
    ),
)
