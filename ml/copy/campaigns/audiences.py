"""Which audience serves a goal best: how much more its members are worth to it than everybody, within the limits."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import Final

import polars as pl

from ml.copy.campaigns.asked import Asked, Goal, Step, money
from ml.copy.campaigns.published import Published, Read
from ml.copy.campaigns.records import Record, refused
from ml.copy.campaigns.tables import table_of
from ml.escape import for_markdown
from ml.tables import Col

WORTH: Final = {
    Goal.WIN_BACK: "money paid so far × probability of not buying again (churn_probability)",
    Goal.GROW: "money expected in the next 90 days (predicted_clv_90d)",
    Goal.CLEAR: "whether one of the products stands among the first places of the shopper's list",
    Goal.WELCOME: "whether the shopper is a newcomer (lifecycle_stage new)",
}
"""What a shopper is worth to a goal, in words."""
_Z: Final = 1.96
_ADDED: Final = 4
"""Average shoppers that an interval counts beside the members: a handful who happen to be alike are not certain."""
_NEW: Final = "new"
_VALUE: Final = "value"
_CHOSEN, _NAMED = "chosen", "named by a person"
_MOST_TRAITS: Final = 5


@dataclass(frozen=True)
class Alternative:
    """An audience that was weighed.

    Attributes:
        lift, low: mean worth of a member by that of a shopper, and the lower end of its 95 % interval; None where
            its members are not published.
        verdict: that it was chosen, or why not.
    """

    audience_id: str
    name: str
    size: int | None
    lift: float | None
    low: float | None
    verdict: str


def chosen_audience(read: Published, asked: Asked) -> Record:
    """The audience of a plan, with every alternative.

    Raises:
        PlanRefused: the one that a person named cannot be written to, or none is left.
    """
    weighed = alternatives(read, asked)
    best = next((each for each in weighed if each.verdict in (_CHOSEN, _NAMED)), None)
    if best is None or best.size is None:
        told = "; ".join(f"{each.audience_id}: {each.verdict}" for each in weighed[:5]) or "no audience is published"
        raise refused(asked, "an audience within the limits", told, "Change the limits, or land an audience")
    lift = f", worth {best.lift:.2f} times a shopper to the goal" if best.lift is not None else ""
    return Record(
        step=Step.AUDIENCE,
        summary=f"Audience {best.audience_id}, {best.size:,} members{lift}: {best.verdict}.",
        markdown=_evidence(read, asked, weighed, best),
        chosen={"audience_id": best.audience_id, "size": best.size},
    )


def alternatives(read: Published, asked: Asked) -> list[Alternative]:
    """Every published audience with its verdict: the best first, then the others by their worth."""
    worth = worth_of(read, asked)
    overall = float(worth[_VALUE].mean() or 0.0) if worth is not None else 0.0  # type: ignore[arg-type]
    weighed = [_weighed(row, read.members, worth, overall) for row in read.audiences.iter_rows(named=True)]
    weighed.sort(key=_place)
    open_to = [each for each in weighed if not _against(each, asked)]
    best = open_to[0].audience_id if open_to else None
    told = [_judged(each, asked, best) for each in weighed]
    return sorted(told, key=lambda each: each.verdict not in (_CHOSEN, _NAMED))


def _place(weighed: Alternative) -> tuple[float, int, str]:
    """The most certain worth first, then the larger."""
    return (-weighed.low if weighed.low is not None else inf, -(weighed.size or 0), weighed.audience_id)


def worth_of(read: Published, asked: Asked) -> pl.DataFrame | None:
    """What each shopper is worth to the goal; None where a person chose and the day has nothing to tell it from.

    Raises:
        PlanRefused: the plan has to choose and the day has nothing to tell it from.
    """
    if asked.goal is Goal.CLEAR:
        wanted = pl.col(Col.item_id).is_in(list(asked.item_ids))
        return read.lists.group_by(Col.user_id).agg(wanted.any().cast(pl.Float64).alias(_VALUE)).sort(Col.user_id)
    source, capability = (read.profiles, "profile") if asked.goal is Goal.WELCOME else (read.predictions, "predictions")
    if source is None:
        if asked.audience_id:
            return None
        raise refused(
            asked,
            f"{capability} of the day, from which the audience is chosen",
            "none published",
            f"Run: shelduck run --as-of {asked.as_of} --capability {capability}",
        )
    value = {
        Goal.WIN_BACK: lambda: pl.col(Read.churn) * pl.col(Read.historic_clv).clip(0),
        Goal.GROW: lambda: pl.col(Read.spend_90d),
        Goal.WELCOME: lambda: (pl.col(Read.stage) == _NEW).cast(pl.Float64),
    }[asked.goal]()
    return source.select(Col.user_id, value.fill_null(0.0).alias(_VALUE)).sort(Col.user_id)


def _weighed(row: dict[str, object], members: pl.DataFrame, worth: pl.DataFrame | None, overall: float) -> Alternative:
    audience, size = str(row[Read.audience_id]), row[Read.size]
    lift = low = None
    if size is not None and worth is not None and overall > 0:
        ids = members.filter(pl.col(Read.audience_id) == audience).select(Col.user_id).sort(Col.user_id)
        values = ids.join(worth, on=Col.user_id, how="left", maintain_order="left")[_VALUE].fill_null(0.0)
        lift, low = _lift(values, overall)
    known = int(str(size)) if size is not None else None
    return Alternative(audience, str(row[Read.name_en] or audience), known, lift, low, str(row[Read.withheld] or ""))


def _lift(values: pl.Series, overall: float) -> tuple[float, float]:
    """Mean worth by that of everybody, and the lower end of its interval."""
    widened = pl.concat([values, pl.Series(values.name, [overall] * _ADDED)])
    mean, deviation = float(widened.mean()), float(widened.std())  # type: ignore[arg-type]
    low = mean - _Z * deviation / sqrt(len(widened))
    return round(float(values.sum()) / max(len(values), 1) / overall, 6), max(round(low / overall, 6), 0.0)


def _against(weighed: Alternative, asked: Asked) -> str:
    """What speaks against an audience, limits first; empty where nothing."""
    if weighed.verdict or weighed.size is None:
        return f"withheld: {weighed.verdict}"
    if broken := asked.limit_broken(weighed.size):
        return broken
    if asked.audience_id:
        return "" if weighed.audience_id == asked.audience_id else "a person named another"
    if weighed.low is None or weighed.low <= 1:
        return "its members are not clearly worth more to the goal than everybody"
    return ""


def _judged(weighed: Alternative, asked: Asked, best: str | None) -> Alternative:
    verdict = _against(weighed, asked) or (
        (_NAMED if asked.audience_id else _CHOSEN) if weighed.audience_id == best else "the chosen one is worth more"
    )
    return Alternative(weighed.audience_id, weighed.name, weighed.size, weighed.lift, weighed.low, verdict)


def _evidence(read: Published, asked: Asked, weighed: list[Alternative], best: Alternative) -> str:
    columns = ("audience", "name", "members", "cost", "times a shopper", "at least", "verdict")
    rows = tuple(
        (
            each.audience_id, each.name, "–" if each.size is None else f"{each.size:,}",
            "–" if each.size is None else money(asked.cost_of(each.size)), _number(each.lift), _number(each.low),
            each.verdict,
        )
        for each in weighed
    )  # fmt: skip
    table = table_of(columns, rows, columns[2:6])
    traits = read.traits.filter(pl.col(Read.audience_id) == best.audience_id).sort(Col.rank).head(_MOST_TRAITS)
    told = "; ".join(
        f"{for_markdown(trait)} ({share:.0%} of members, {among:.0%} of all)"
        for trait, share, among in traits.select(Read.trait_en, Read.share_in, Read.share_all).iter_rows()
    )
    lines = [
        f"A shopper's worth to the goal: {WORTH[asked.goal]}. `at least`: lower end of a 95 % interval, which "
        f"counts {_ADDED} average shoppers beside the members.",
        table,
    ]
    return "\n\n".join([*lines, *([f"What members have in common: {told}."] if told else [])])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
