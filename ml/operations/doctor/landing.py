"""What the newest landed day was refused."""

from __future__ import annotations

from ml.landing.arrivals import newest_arrivals, told_arrivals
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding
from ml.settings import Settings


def check_landing(settings: Settings) -> Finding:
    """Refused rules or consents that stop the newest landed day; other refused rows and notices of that day."""
    report = newest_arrivals(settings)
    if report is None:
        return Finding(OK, "no day has been landed yet")
    day, told = report["day"], told_arrivals(report)
    if report["stopped_by"]:
        remedy = f"The tab Day of {day} has the ways out. When done, run: shelduck run --as-of {day}"
        return Finding(FAIL, f"{day}: {'; '.join(told)}", remedy)
    if report["refused"] or report["notices"]:
        return Finding(WARN, f"{day}: {'; '.join(told)}", "Run shelduck check on the landing folder")
    return Finding(OK, f"{day} was landed without a refused row")
