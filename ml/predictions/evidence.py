"""What a training left in MLflow for people: every contender's figures, and curves of those that serve."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ml.errors import ModelMissing
from ml.predictions.columns import Measured
from ml.registry.comparison import logged_table
from ml.registry.tracking import run_tags
from ml.registry.versions import ModelVersion
from ml.settings import Settings

EVIDENCE: Final = "evidence"
"""Tag of a training's run: by target what predicts it and why, as JSON."""
CONTENDERS, RELIABILITY, GAINS, IMPORTANCES = "contenders", "reliability", "gains", "importances"
"""Tables that a training logs, without the ending of their files."""
_TABLES: Final = (CONTENDERS, RELIABILITY, GAINS, IMPORTANCES)
Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Evidence:
    """See the module; tables of a run whose files were removed are empty.

    Attributes:
        contenders: a row per target and contender, the simplest first.
        reliability: a row per target and tenth of customers by prediction, of the one that serves.
        gains: a row per target and share of customers, those predicted highest first.
        importances: a row per target and feature.
        why: by target what predicts it, and why.
    """

    contenders: Sequence[Row]
    reliability: Sequence[Row]
    gains: Sequence[Row]
    importances: Sequence[Row]
    why: Mapping[str, tuple[str, str]]

    def figures(self, target: str, contender: str) -> Row | None:
        """Of one contender; None where nothing was judged."""
        found = (
            row for row in self.contenders if (row[Measured.target], row[Measured.contender]) == (target, contender)
        )
        return next(found, None)


def evidence_of(settings: Settings, version: ModelVersion) -> Evidence:
    """What the run of a version holds.

    Raises:
        ModelMissing: somebody changed the tags of the run.
    """
    why = _why(settings, version)
    read = {name: logged_table(settings, version.run_id, f"{name}.json") for name in _TABLES}
    return Evidence(read[CONTENDERS], read[RELIABILITY], read[GAINS], read[IMPORTANCES], why)


def _why(settings: Settings, version: ModelVersion) -> dict[str, tuple[str, str]]:
    tags = run_tags(settings, version.run_id)
    if EVIDENCE not in tags:
        raise ModelMissing(
            f"the run of model {version.model} version {version.version}",
            expected="tags with the training's evidence",
            found=f"no {EVIDENCE}",
            remedy="Somebody changed its tags: run shelduck train --capability predictions with another SHELDUCK_SEED",
        )
    return {name: (won, why) for name, (won, why) in json.loads(tags[EVIDENCE]).items()}
