"""A published day of predictions, and what it takes to predict one of its customers again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ml.churn import Churn
from ml.errors import NotPublished, ShelduckError, StaleFeatures
from ml.predictions.bundle import read_bundle
from ml.predictions.capability import PREDICTIONS
from ml.predictions.customers import Customers, customers_of
from ml.predictions.evidence import Evidence, evidence_of
from ml.predictions.forecast import Predictor, rule_based
from ml.predictions.model import MODEL
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.registry.ledger import Promotion, recorded
from ml.registry.reached import reached
from ml.registry.registration import download_bundle
from ml.registry.versions import ModelVersion, version_info
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import read_slice


@dataclass(frozen=True, eq=False)
class PublishedDay:
    """See the module."""

    settings: Settings
    version: Version

    @cached_property
    def manifest(self) -> Manifest:
        """The version's manifest."""
        return manifest(self.settings, PREDICTIONS, self.version.id)

    def row(self, user_id: str) -> dict[str, Any]:
        """What was published of a customer.

        Raises:
            NotPublished: the customer has no prediction.
        """
        wanted = pl.col(Col.user_id) == user_id
        found = read_table(self.settings, PREDICTIONS, CUSTOMER_PREDICTION.name, self.version.id, wanted)
        if found.is_empty():
            raise NotPublished(
                f"shopper {user_id}",
                expected=f"a prediction as of {self.version.as_of}: whoever has ever bought something has one",
                found=str(self.manifest.counts.get("withheld") or "none"),
                remedy="Look the shopper up: shelduck sql 'select user_id from customer_prediction'",
            )
        return found.row(0, named=True)

    def customer(self, user_id: str) -> Customers | None:
        """The customer as the day's snapshot knows them; None where retention removed it."""
        try:
            known = customers_of(read_slice(self.settings.home / self.manifest.slice))
        except StaleFeatures:
            return None
        return Customers(known.frame.filter(pl.col(Col.user_id) == user_id), known.as_of)

    @property
    def churn(self) -> Churn:
        """When a customer counted as churned."""
        return Churn.model_validate(self.manifest.settings["churn"])

    @property
    def served(self) -> int | None:
        """The model's version that predicted the day; None for policy 0."""
        found = self.manifest.policy.get("model_version")
        return found if isinstance(found, int) else None

    @cached_property
    def promotion(self) -> Promotion | None:
        """The ledger's row by which that version decides."""
        return next((row for row in reversed(recorded(self.settings, MODEL)) if row.version == self.served), None)

    @cached_property
    def predictor(self) -> Predictor | ShelduckError:
        """What predicted the day, or why it cannot be had any more."""
        if self.served is None:
            return rule_based()
        try:
            with reached():
                wanted = self.promotion.content_hash if self.promotion else None
                return read_bundle(download_bundle(self.settings, MODEL, self.served, wanted)).predictor()
        except ShelduckError as missing:
            return missing

    @cached_property
    def trained(self) -> ModelVersion | ShelduckError | None:
        """What the registry says of that version, or why it says nothing; None for policy 0."""
        if self.served is None:
            return None
        try:
            with reached():
                return version_info(self.settings, MODEL, self.served)
        except ShelduckError as missing:
            return missing

    @cached_property
    def evidence(self) -> Evidence | ShelduckError | None:
        """How good that version was, or why that cannot be read; None where ``trained`` is no version."""
        if not isinstance(self.trained, ModelVersion):
            return None
        try:
            with reached():
                return evidence_of(self.settings, self.trained)
        except ShelduckError as missing:
            return missing
