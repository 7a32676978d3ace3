"""What speaks for and against a candidate of ``segments``: whether people find their segments again."""

from __future__ import annotations

from typing import Final

from ml.audiences.segments.bundle import Bundle, read_bundle
from ml.audiences.segments.identity import Change
from ml.audiences.segments.model import MODEL
from ml.documents import Section
from ml.escape import for_markdown
from ml.registry.registration import download_bundle
from ml.registry.review import Findings, Guard
from ml.settings import Settings

AGREEMENT: Final = 0.8
"""The least adjusted Rand index with the model that serves, both judging the same shoppers."""


def findings(settings: Settings, version: int, champion: int | None) -> Findings:
    """See the module.

    Args:
        champion: the version whose place it would take; None where none serves yet.

    Raises:
        ModelMissing: there is no such version.
    """
    bundle = read_bundle(download_bundle(settings, MODEL, version))
    others = [each for each in bundle.segments if each.change is not Change.SAME]
    headline = f"{len(others)} of {len(bundle.segments)} segments would be others" if champion and others else ""
    return Findings(headline, _guards(bundle), (for_markdown(bundle.why),), (_segments(bundle),))


def _guards(bundle: Bundle) -> tuple[Guard, ...]:
    if bundle.agreement is None:
        return (Guard("agreement with the segments that serve", "", "", "", "", None),)
    gone = ", ".join(bundle.vanished)
    return (
        Guard(
            "agreement with the segments that serve",
            "1",
            f"{bundle.agreement:.3f}",
            f"{bundle.agreement - 1:+.3f}",
            f"at least {AGREEMENT} (adjusted Rand index)",
            bundle.agreement >= AGREEMENT,
        ),
        Guard("segments that vanish", "", gone or "none", "", "none", not gone),
    )


def _segments(bundle: Bundle) -> Section:
    rows = tuple(
        (each.segment_id, each.name_en, each.change.value, ", ".join(each.came_from)) for each in bundle.segments
    )
    gone = tuple((name, "", "vanished", ", ".join(to)) for name, to in bundle.vanished.items())
    about = "What would become of the segments; the last column says from which they came, or where members went."
    return Section("Segments", about, ("segment", "name", "change", "segments"), rows + gone)
