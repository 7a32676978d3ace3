"""What the registry says of the predictions' model, as it was known on a day."""

from __future__ import annotations

from dataclasses import dataclass

from ml.predictions.evidence import Evidence, evidence_of
from ml.predictions.model import MODEL
from ml.registry.as_known import AsKnown
from ml.registry.ledger import Promotion
from ml.registry.versions import ModelVersion


@dataclass(frozen=True, eq=False)
class Trained(AsKnown):
    """Versions of the model that were trained as of a day or before it."""

    model = MODEL

    def promotion(self, version: ModelVersion) -> Promotion | None:
        """The row of the ledger about a version."""
        wanted = (version.version, version.content_hash)
        rows = [row for row in self.promotions if (row.version, row.content_hash) == wanted]
        return rows[-1] if rows else None

    def evidence(self, version: ModelVersion) -> Evidence:
        """What its training left."""
        return evidence_of(self.settings, version)
