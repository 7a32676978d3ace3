"""What ``shelduck replay`` prints: a table, Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import polars as pl

from ml.documents import Section
from ml.recommend.evaluation.groups import ACTIVITY, SEGMENT
from ml.recommend.shadow.outcomes import BOUGHT_BEFORE, REVENUE, SIDES, K, Outcome, figure
from ml.recommend.shadow.replay import DAY, DECIMALS, TOTAL, Figure, Replay
from ml.tables import Col

_HEADINGS = {TOTAL: "In total", DAY: "Day by day", ACTIVITY: "By activity", SEGMENT: "By evaluation segment"}
_NUMBERS = ("shoppers", "as shown", "policy", "difference", "from", "to")


def title(found: Replay) -> str:
    """Above the sections."""
    return f"Replay of {found.policy}"


def sections(found: Replay) -> list[Section]:
    """In total, by day, by groups of shoppers."""
    return [_about(found), *(_section(found, by, heading) for by, heading in _HEADINGS.items())]


def as_json(found: Replay) -> str:
    """Every figure with the versions that were compared."""
    told: dict[str, Any] = {
        "policy": found.policy,
        "horizon_days": found.horizon,
        "places": K,
        "days": [_day(each) for each in found.outcomes],
        "left_out": [day.isoformat() for day in found.left_out],
        "figures": [asdict(each) for each in found.figures],
    }
    return json.dumps(told, indent=1)


def _day(found: Outcome) -> dict[str, Any]:
    return {
        "as_of_date": found.as_of.isoformat(),
        "days_of_purchases": found.days,
        "shown": found.shown.id,
        "policy": found.policy.id,
    }


def _about(found: Replay) -> Section:
    text = (
        f"What shoppers bought within {found.horizon} days after each day, of the first {K} places of what was shown "
        "and of what the policy would have shown. Means are per shopper who bought something that the placement could "
        "have held; differences are paired by shopper, from and to are their 95 % bootstrap interval. Shoppers saw "
        "what was shown, which favours it."
    )
    if found.left_out:
        text += f" Left out, because not published or the newest: {', '.join(map(str, found.left_out))}."
    rows = tuple((str(each.as_of), str(each.days), each.shown.id, each.policy.id) for each in found.outcomes)
    columns = ("day", "days of purchases", "version as shown", "version of the policy")
    return Section("What is compared", text, columns, rows, frozenset(columns[1:2]))


def _section(found: Replay, by: str, heading: str) -> Section:
    rows = tuple(tuple(_cells(each)) for each in found.figures if each.by == by)
    named = () if by == TOTAL else (by,)
    columns = ("placement", *named, "figure", *_NUMBERS)
    text = f"Of shoppers who had bought before. {_revenue(found)}" if by == TOTAL else ""
    return Section(heading, text, columns, rows, frozenset(_NUMBERS))


def _revenue(found: Replay) -> str:
    """What the hits of all days sold."""
    shoppers = pl.concat(each.shoppers for each in found.outcomes)
    sums = shoppers.group_by(Col.placement).agg(
        pl.col(figure(REVENUE, side)).filter(BOUGHT_BEFORE).sort().sum().alias(side) for side in SIDES
    )
    told = [
        f"{row[0]} {row[1]:,.2f} as shown and {row[2]:,.2f} of the policy" for row in sums.sort(Col.placement).rows()
    ]
    return f"The hits of all days sold for: {'; '.join(told)}."


def _cells(told: Figure) -> Iterator[str]:
    yield told.placement
    if told.by != TOTAL:
        yield told.group
    yield told.name
    yield f"{told.shoppers:,}"
    decimals = DECIMALS[told.name]
    for value in (told.shown, told.policy):
        yield f"{value:.{decimals}f}"
    for change in (told.gain, told.low, told.high):
        yield "–" if change is None else f"{change:+.{decimals}f}"
