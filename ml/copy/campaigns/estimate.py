"""What a campaign reaches and costs, with intervals; what is an assumption is said to be one."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import polars as pl

from ml.copy.campaigns.asked import Asked, Step
from ml.copy.campaigns.brief import costs
from ml.copy.campaigns.published import Published, Read
from ml.copy.campaigns.records import Record, refused
from ml.copy.campaigns.tables import table_of
from ml.tables import Col

_Z: Final = 1.96
_POWERED: Final = 2.8
"""Standard errors that a difference must have to be found in four of five experiments, at 5 % two-sided."""
_HUNDRED: Final = 100


@dataclass(frozen=True)
class Expected:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


def estimated(read: Published, asked: Asked, audience_id: str, variants: int) -> Record:
    """Reach, cost, purchases that are expected anyway, and responses by past campaigns.

    Raises:
        PlanRefused: the audience breaks a limit.
    """
    about = read.audiences.filter(pl.col(Read.audience_id) == audience_id).row(0, named=True)
    size = int(about[Read.size] or 0)
    if broken := asked.limit_broken(size):
        raise refused(asked, "an audience within the limits", broken, "Raise the limit, or choose a smaller audience")
    members = read.members.filter(pl.col(Read.audience_id) == audience_id)[Col.user_id]
    bought, responded = purchases(read.predictions, members), responses(read.profiles, members)
    without = about[Read.without_consent]
    rows = [
        ("members who may be written to", f"{size:,}", f"published size; consent: {about[Read.consent]}"),
        ("who fit without consent", "–" if without is None else f"{without:,}", "they get nothing"),
        ("cost", costs(asked, size), "one message each; cost_per_message as given"),
        (
            "shoppers per arm",
            f"{size // asked.arms:,}",
            f"{asked.arms} arms of equal size, {variants} variants written",
        ),
        ("members who buy in 28 days anyway", *_purchases(bought)),
        ("members who respond", *_responses(responded, size)),
        ("smallest difference between two arms", *_detectable(responded, size // asked.arms)),
    ]
    return Record(
        step=Step.ESTIMATE,
        summary=f"Reaches {size:,} shoppers; cost: {costs(asked, size)}.",
        markdown=table_of(("what", "estimate", "from"), rows),
        chosen={"reach": size, "variants": variants},
    )


def purchases(predictions: pl.DataFrame | None, members: pl.Series) -> Expected | None:
    """How many members buy within 28 days, campaign or not; None without predictions.

    The interval takes probabilities as calibrated and shoppers as independent.
    """
    if predictions is None:
        return None
    known = predictions.filter(pl.col(Col.user_id).is_in(members.implode()))[Read.purchase_28d].drop_nulls().sort()
    if not len(known):
        return None
    mean, spread = float(known.sum()), _Z * sqrt(float((known * (1 - known)).sum()))
    return Expected(mean, max(mean - spread, 0.0), min(mean + spread, float(len(known))))


def responses(profiles: pl.DataFrame | None, members: pl.Series) -> tuple[str, Expected] | None:
    """The share of campaigns that members responded to in 365 days, and what a response was; None where none is known.

    Redemptions where the shop reports them, else clicks, else openings.
    """
    if profiles is None:
        return None
    known = profiles.filter(pl.col(Col.user_id).is_in(members.implode()) & (pl.col(Read.campaigns) > 0))
    for rate, word in ((Read.redemption_rate, "redeemed"), (Read.click_rate, "clicked"), (Read.open_rate, "opened")):
        rows = known.filter(pl.col(rate).is_not_null())
        received = int(rows[Read.campaigns].sum()) if len(rows) else 0
        if received:
            hits = round(float((rows[rate] * rows[Read.campaigns]).sum()))
            return word, wilson(hits, received)
    return None


def wilson(hits: int, trials: int) -> Expected:
    """A share with its 95 % interval."""
    share = hits / trials
    middle = (share + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    half = _Z / (1 + _Z**2 / trials) * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    return Expected(share, max(middle - half, 0.0), min(middle + half, 1.0))


def _purchases(bought: Expected | None) -> tuple[str, str]:
    if bought is None:
        return "not known", "no predictions of the day"
    told = f"{bought.value:,.0f} ({bought.low:,.0f} to {bought.high:,.0f})"
    return told, "assumption: no effect; purchase probabilities, shoppers taken as independent"


def _responses(responded: tuple[str, Expected] | None, size: int) -> tuple[str, str]:
    if responded is None:
        return "not known", "no past campaign of these shoppers with a response that the shop reports"
    word, share = responded
    told = f"{share.value * size:,.0f} ({share.low * size:,.0f} to {share.high * size:,.0f})"
    percent = f"{share.value * _HUNDRED:.1f} % of the campaigns that members got in 365 days were {word}"
    return told, f"assumption: as in the past; {percent}"


def _detectable(responded: tuple[str, Expected] | None, per_arm: int) -> tuple[str, str]:
    if responded is None or per_arm < 1 or not 0 < responded[1].value < 1:
        return "not known", "no response rate to start from"
    share = responded[1].value
    points = _POWERED * sqrt(2 * share * (1 - share) / per_arm) * _HUNDRED
    return f"{points:.1f} percentage points", "found with a power of 80 % at a level of 5 %"
