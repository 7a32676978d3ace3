"""What the registry says of a model as it was known on a day, for pages about that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Final

from ml.registry.client import EXPERIMENT, connect
from ml.registry.ledger import Promotion, policy_of, recorded
from ml.registry.presentation import run_page
from ml.registry.versions import ModelVersion, complete_versions
from ml.settings import Settings

_MOST: Final = 26
"""Versions that are shown: half a year of weekly trainings."""


@dataclass(frozen=True, eq=False)
class AsKnown:
    """Versions that were trained as of a day or before it; a subclass names the model.

    Attributes:
        served: the version that decided the day; None where rules did.
    """

    settings: Settings
    as_of: date
    served: int | None
    model: ClassVar[str]

    @cached_property
    def versions(self) -> list[ModelVersion]:
        """The newest ones, oldest first."""
        known = [each for each in complete_versions(self.settings, self.model) if each.trained_as_of <= self.as_of]
        return sorted(known, key=lambda each: (each.trained_as_of, each.version))[-_MOST:]

    @cached_property
    def promotions(self) -> list[Promotion]:
        """The ledger's rows about such versions."""
        return [row for row in recorded(self.settings, self.model) if row.trained_as_of <= self.as_of]

    @cached_property
    def champion(self) -> Promotion | None:
        """The promotion that decides on the day."""
        return policy_of(self.promotions, self.as_of)

    @cached_property
    def looked_at(self) -> ModelVersion | None:
        """The version that the page is about: the one that decided the day, or else the newest."""
        own = (each for each in self.versions if each.version == self.served)
        return next(own, self.versions[-1] if self.versions else None)

    def address(self, version: ModelVersion) -> str:
        """The page of a version's run; empty where MLflow is a file."""
        server = self.settings.tracking_uri
        if not server.startswith("http") or "@" in server:
            return ""
        found = connect(self.settings).get_experiment_by_name(EXPERIMENT)
        return run_page(server, str(found.experiment_id), version.run_id) if found else ""
