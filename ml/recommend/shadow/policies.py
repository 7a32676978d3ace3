"""The policies that a shadow can be made of: model versions by number or alias, and policy 0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from ml.errors import ModelMissing, ShadowRefused
from ml.recommend.model import MODEL
from ml.registry.versions import CANDIDATE, CHAMPION, ModelVersion, by_alias, version_info
from ml.settings import Settings

RULES: Final = "0"
"""The policy without a model, which decides until a training was promoted."""
NAMES: Final = f"{CANDIDATE}, {CHAMPION}, a version's number, or {RULES} for the rules without a model"


@dataclass(frozen=True)
class ChosenPolicy:
    """A policy by the name under which it was asked for; ``model`` is None for policy 0."""

    name: str
    model: ModelVersion | None

    @property
    def place(self) -> str:
        """The folder of its shadow: content tells it, because a lost registry counts its versions from 1 again."""
        return f"model-{self.model.content_hash[:16]}" if self.model else "rules"

    def __str__(self) -> str:
        """``policy candidate (version 3, trained as of 2017-11-25)``."""
        if self.model is None:
            return "policy 0 (rules)"
        return f"policy {self.name} (version {self.model.version}, trained as of {self.model.trained_as_of})"

    def require_known_on(self, day: date) -> None:
        """Refuse a day that the model has learned from.

        Raises:
            ShadowRefused: it was trained on what shoppers did after that day.
        """
        if self.model and day < self.model.trained_as_of:
            raise ShadowRefused(
                f"{self} on {day}",
                expected=f"a day from {self.model.trained_as_of} on",
                found="a day before the training's: it would know the future",
                remedy=f"Ask for days from {self.model.trained_as_of} on, or for an earlier version",
            )


def chosen_policy(settings: Settings, name: str) -> ChosenPolicy:
    """The policy of that name (``NAMES``); the champion is policy 0 as long as no version was promoted.

    Raises:
        ShadowRefused: no policy has such a name.
        ModelMissing: there is no such version.
    """
    if name == RULES:
        return ChosenPolicy(name, None)
    if name in (CANDIDATE, CHAMPION):
        found = by_alias(settings, MODEL, name)
        if found is None and name == CANDIDATE:
            raise ModelMissing(
                f"model {MODEL}",
                expected="a candidate",
                found="no version of that alias",
                remedy="Run: shelduck train --as-of YYYY-MM-DD",
            )
        return ChosenPolicy(name, found)
    if re.fullmatch(r"[1-9][0-9]{0,8}", name, re.ASCII):
        return ChosenPolicy(name, version_info(settings, MODEL, int(name)))
    raise ShadowRefused("policy", expected=NAMES, found=repr(name), remedy="Check the spelling")
