"""What speaks for and against a candidate of ``shelf``."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter

from ml.documents import Section
from ml.escape import for_markdown
from ml.recommend.model import MODEL
from ml.recommend.promotion import evidence
from ml.recommend.review.guards import exposure_guards, quality_guards
from ml.recommend.review.paired import FILE, Replaced
from ml.recommend.review.shown import Shown, shown
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
    seen = shown(settings, version, champion)
    chosen = "\n".join(f"- {for_markdown(choice.why)}" for choice in choices)
    return Findings(
        headline=_headline(settings, seen),
        guards=tuple(_guards(settings, measured, seen)),
        facts=(chosen, _compared_on(seen), *_seconds(measured)),
        sections=(*_segments(measured), *(seen.sections() if seen else ())),
    )


def _headline(settings: Settings, seen: Shown | None) -> str:
    """Of the shop's first placement."""
    placement = settings.placements_on[0].name
    share = seen.other_first(placement) if seen else None
    return "" if share is None else f"{share:.0%} of shoppers would see another first item in {placement}"


def _guards(settings: Settings, measured: list[Replaced], seen: Shown | None) -> Iterator[Guard]:
    """Of quality, by the training's own evaluation; of exposure, by the shelves of a day, or else likewise."""
    limits = settings.review_limits
    for each in measured:
        yield from quality_guards(each, limits)
    for each in measured:
        figures = seen.figures(each.placement) if seen else each.figures
        yield from exposure_guards(each.placement, figures, limits)


def _compared_on(seen: Shown | None) -> str:
    if seen is None:
        return "What shoppers would see was not computed: no snapshot of a day after the training is kept."
    more = f" More: `shelduck diff policy:champion policy:candidate --as-of {seen.day}`." if seen.is_published else ""
    return (
        "Quality is of the weeks that the training held back; coverage and popularity are of the shelves of "
        f"{seen.day}, computed with both.{more}"
    )


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
