"""What a check found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ml.settings import Settings

OK: Final = "ok"
WARN: Final = "warn"
FAIL: Final = "fail"


@dataclass(frozen=True)
class Finding:
    """``warn`` is worth a look; with ``fail`` the next day will not be published."""

    status: str
    found: str
    remedy: str = ""


Check = Callable[[Settings], Finding]


def worst(findings: list[Finding], fine: str) -> Finding:
    """The worst ones of several as one; ``fine`` when there is nothing to tell."""
    for status in (FAIL, WARN):
        told = [finding for finding in findings if finding.status == status]
        if told:
            remedies = dict.fromkeys(finding.remedy for finding in told if finding.remedy)
            return Finding(status, "; ".join(finding.found for finding in told), "; ".join(remedies))
    return Finding(OK, fine)
