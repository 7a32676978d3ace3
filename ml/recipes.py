"""The recommenders that a training judges: the usual ones, and how a setting adds to them."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator

RECIPES: Final = (
    *("popularity", "buy_it_again", "buy_it_when_due"),
    *("user_pearson", "als", "ease", "two_stage"),
)
"""The recommenders that a training judges where the settings name no others."""


def _extended(names: tuple[str, ...]) -> tuple[str, ...]:
    """``names``; where some begin with ``+``, the usual ones come first."""
    added = [name.removeprefix("+") for name in names if name.startswith("+")]
    given = [name for name in names if not name.startswith("+")]
    return tuple(dict.fromkeys([*RECIPES, *given, *added] if added else given))


Recipes = Annotated[tuple[str, ...], AfterValidator(_extended)]
