"""What speaks for and against a candidate of ``shelf``."""

from __future__ import annotations

from pydantic import TypeAdapter

from ml.documents import Section
from ml.recommend.model import MODEL
from ml.recommend.promotion import evidence
from ml.recommend.review.guards import exposure_guards, quality_guards
from ml.recommend.review.paired import FILE, Replaced
from ml.registry.review import Findings, Guard
from ml.registry.tracking import artifact_json, run_tags
from ml.registry.versions import version_info
from ml.settings import Settings

_REPLACED = TypeAdapter(list[Replaced])


def findings(settings: Settings, version: int, champion: int | None) -> Findings:
    """See the module.

    Args:
        champion: the version whose place it would take; None where rules serve without a model.

    Raises:
        ModelMissing: there is no such version, or somebody removed the evidence from its run.
    """
    run_id = version_info(settings, MODEL, version).run_id
    choices = evidence(run_tags(settings, run_id), version)
    read = artifact_json(settings, run_id, FILE)
    measured = _REPLACED.validate_python(read) if read else []
    guards = [*_guards(settings, measured)]
    facts = [f"- {choice.why}" for choice in choices]
    return Findings(
        headline="",
        guards=tuple(guards),
        facts=("\n".join(facts), *_seconds(measured)),
        sections=tuple(_segments(measured)),
    )


def _guards(settings: Settings, measured: list[Replaced]) -> list[Guard]:
    limits = settings.review_limits
    return [
        guard
        for each in measured
        for guard in (*quality_guards(each, limits), *exposure_guards(each.placement, each.figures, limits))
    ]


def _seconds(measured: list[Replaced]) -> list[str]:
    told = [
        f"{each.placement} {each.seconds[1]:.1f} CPU s, was {each.seconds[0]:.1f}" for each in measured if each.seconds
    ]
    return [f"Scoring time (shown, not judged): {'; '.join(told)}."] if told else []


def _segments(measured: list[Replaced]) -> list[Section]:
    columns = ("placement", "by", "group", "shoppers", "before", "after", "95 % interval of the difference", "p")
    rows = tuple(
        (
            each.placement,
            pair.by,
            pair.group,
            f"{pair.shoppers:,}",
            f"{pair.before:.4f}",
            f"{pair.after:.4f}",
            f"[{pair.low:+.4f}, {pair.high:+.4f}]",
            f"{pair.p:.3f}",
        )
        for each in measured
        for pair in each.pairs
    )
    if not rows:
        return []
    text = "NDCG@10 of the recipe before and of the recipe after, on the weeks that the training held back."
    return [Section("Quality by group", text, columns, rows, frozenset(columns[3:]))]
