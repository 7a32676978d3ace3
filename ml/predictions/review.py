"""What speaks for and against a candidate of ``predictions``: its training's own evaluation, as guard-rails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ml.documents import Section
from ml.escape import for_markdown
from ml.predictions.bundle import read_bundle
from ml.predictions.columns import Measured
from ml.predictions.contenders.last_quarter import LastQuarter
from ml.predictions.evidence import Evidence, Row, evidence_of
from ml.predictions.model import MODEL
from ml.predictions.targets import TARGETS, Target
from ml.registry.registration import download_bundle
from ml.registry.review import Findings, Guard
from ml.registry.versions import version_info
from ml.settings import Settings

CALIBRATION: Final = 0.02
"""The largest calibration error, over ten equal groups, that a candidate may have."""
BIAS: Final = 0.05
"""How far the total of orders or money may be off."""
COVERAGE: Final = (0.76, 0.84)
"""Between these shares 80 % intervals must hold."""


def findings(settings: Settings, version: int, champion: int | None) -> Findings:
    """See the module.

    Args:
        champion: the version whose place it would take; None where the last 90 days go on (policy 0).

    Raises:
        ModelMissing: there is no such version, or somebody removed the evidence from its run.
    """
    info = version_info(settings, MODEL, version)
    evidence, before = evidence_of(settings, info), contenders_of(settings, champion)
    chosen = "\n".join(f"- {for_markdown(evidence.why[target.name][1])}" for target in TARGETS)
    found = tuple(guards(evidence, before))
    return Findings(_headline(evidence, before), found, (chosen, _HOW), tuple(_sections(evidence)))


def contenders_of(settings: Settings, version: int | None) -> Mapping[str, str]:
    """By target what predicts it in a version; without one, the last 90 days.

    Raises:
        ModelMissing: there is no such version.
    """
    if version is None:
        return {target.name: LastQuarter.name for target in TARGETS}
    return read_bundle(download_bundle(settings, MODEL, version)).contenders


_HOW: Final = (
    "Every contender was judged on past days that it had not seen; learned ones on shoppers that they had not learned "
    "from. The champion stands for its contenders, learned again from what was known by those days."
)


def _headline(evidence: Evidence, before: Mapping[str, str]) -> str:
    changed = [target.name for target in TARGETS if evidence.why[target.name][0] != before[target.name]]
    return f"{len(changed)} of {len(TARGETS)} targets would be predicted by another contender" if changed else ""


def guards(evidence: Evidence, before: Mapping[str, str]) -> Iterator[Guard]:
    """Against the champion first, then what holds of the candidate alone.

    Args:
        before: by target the contender that predicts it now.
    """
    served = [(target, _figures(evidence, target)) for target in TARGETS]
    for target, row in served:
        yield _loss_guard(target, row, evidence.figures(target.name, before[target.name]))
    for target, row in served:
        old = evidence.figures(target.name, before[target.name])
        if target.kind.is_probability:
            yield _limit_guard(f"calibration error of {target.name}", Measured.calibration_error, row, old, ".4f")
        else:
            yield _limit_guard(f"total of {target.name}", Measured.bias, row, old, "+.1%")
    for target, row in served:
        if row is not None and row.get(Measured.coverage) is not None:
            yield _coverage_guard(target, float(row[Measured.coverage]))


def _figures(evidence: Evidence, target: Target) -> Row | None:
    return evidence.figures(target.name, evidence.why[target.name][0])


def _loss_guard(target: Target, after: Row | None, before: Row | None) -> Guard:
    """Worse is what lies above the champion's loss with its whole interval; the row of the old contender holds how
    far its own loss lies above that of the one that serves."""
    measure, form = (Measured.brier, ".4f") if target.kind.is_probability else (Measured.mae, ".2f")
    name = f"loss of {target.name} ({measure})"
    if after is None or before is None:
        return Guard(name, _shown(before, measure, form), _shown(after, measure, form), "–", "", None)
    texts = (format(before[measure], form), format(after[measure], form))
    if before.get(Measured.behind) is None:
        return Guard(name, *texts, "the same contender", _BY_CHANCE, holds=True)
    mean, low, high = (-before[each] for each in (Measured.behind, Measured.behind_high, Measured.behind_low))
    change = f"{mean:+{form}} [{low:+{form}}, {high:+{form}}]"
    return Guard(name, *texts, change, _BY_CHANCE, holds=low <= 0)


_BY_CHANCE: Final = "not above, but by chance"


def _limit_guard(name: str, measure: str, after: Row | None, before: Row | None, form: str) -> Guard:
    limit = CALIBRATION if measure == Measured.calibration_error else BIAS
    words = f"up to {limit:.2f}" if measure == Measured.calibration_error else f"−{limit:.0%} to +{limit:.0%}"
    old, new = _shown(before, measure, form), _shown(after, measure, form)
    if after is None or after.get(measure) is None:
        return Guard(name, old, new, "–", "", None)
    return Guard(name, old, new, new, words, holds=abs(after[measure]) <= limit)


def _coverage_guard(target: Target, held: float) -> Guard:
    low, high = COVERAGE
    name, allowed = f"80 % intervals of {target.name}", f"{low:.0%} to {high:.0%}"
    return Guard(name, "–", f"{held:.1%}", f"hold {held:.1%}", allowed, holds=low <= held <= high)


def _shown(row: Row | None, measure: str, form: str) -> str:
    return "–" if row is None or row.get(measure) is None else format(row[measure], form)


def _sections(evidence: Evidence) -> Iterator[Section]:
    """Every contender of every target."""
    if not evidence.contenders:
        return
    measures = (Measured.brier, Measured.mae, Measured.auc, Measured.calibration_error, Measured.bias)
    rows = tuple(
        (row[Measured.target], row[Measured.contender], *(_shown(row, each, ".4g") for each in measures))
        for row in evidence.contenders
    )
    yield Section("Every contender", "", ("target", "contender", *measures), rows, frozenset(measures))
