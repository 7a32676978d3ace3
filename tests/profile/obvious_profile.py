"""The profile once more: slow, obvious, a loop per shopper, and no SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from math import floor
from statistics import fmean, median
from typing import Any

from tests.profile.profile_shop import campaigns, engagements, sends, shop_events, shop_items
from tests.warehouse.obvious_features import Obvious

Row = dict[str, Any]
_FEATURES = (
    *("days_since_last_purchase", "days_since_first_purchase", "purchase_days_90d", "purchase_days_365d"),
    *("baskets_90d", "baskets_365d", "revenue_90d", "revenue_365d", "mean_basket_value_365d"),
    *("mean_days_between_purchases", "std_days_between_purchases", "discount_share_90d", "discount_share_365d"),
)


class ObviousProfile(Obvious):
    """What was known of every shopper as of a day."""

    def __init__(self, as_of: date) -> None:
        super().__init__(shop_events(), as_of)
        known = sorted((item for item in shop_items() if item["arrival"] <= as_of), key=lambda item: item["arrival"])
        self.items = {item["item_id"]: item for item in known}
        self.pairs = super().feat_user_item()
        self.prices = self._price_indices()

    def feat_user_item(self) -> list[Row]:
        return self.pairs

    def customer_profile(self) -> list[Row]:
        features = self.feat_user()
        buyers = [row for row in features if row["purchase_days_365d"]]
        gaps = [row["mean_days_between_purchases"] for row in buyers if row["mean_days_between_purchases"] is not None]
        usual = median(gaps) if gaps else 28
        return [
            {"user_id": row["user_id"], **{name: row[name] for name in _FEATURES}}
            | self._rhythm_of(row, usual)
            | self._scores(row, buyers)
            | self._preferences(row["user_id"])
            | self._prices(row["user_id"])
            | self._affinities(row["user_id"])
            | self._campaigns(row["user_id"])
            for row in features
        ]

    def _rhythm_of(self, row: Row, usual: float) -> Row:
        since, first, days = (row[name] for name in (*_FEATURES[:2], "purchase_days_365d"))
        if not days:
            names = ("expected_days_between_purchases", "days_until_next_purchase", "overdue_ratio")
            return {"lifecycle_stage": "prospect", "purchase_regularity": None, **dict.fromkeys(names)}
        expected = (first - since + usual) / days
        ratio, mean = since / expected, row["mean_days_between_purchases"]
        stage = "lapsed" if ratio > 4 and since >= 28 else "at_risk" if ratio > 2 and since >= 14 else "active"
        return {
            "lifecycle_stage": "new" if first < 28 else stage,
            "expected_days_between_purchases": expected,
            "days_until_next_purchase": expected - since,
            "overdue_ratio": ratio,
            "purchase_regularity": mean / (mean + row["std_days_between_purchases"]) if days > 2 else None,
        }

    def _scores(self, row: Row, buyers: Sequence[Row]) -> Row:
        names = {"recency": "days_since_last_purchase", "frequency": "purchase_days_365d", "monetary": "revenue_365d"}
        scores: Row = {f"{score}_score": None for score in names}
        if row in buyers:
            for score, name in names.items():
                sign = -1 if score == "recency" else 1
                scores[f"{score}_score"] = group_of(sign * row[name], [sign * buyer[name] for buyer in buyers], 5)
        return scores

    def _preferences(self, user: str) -> Row:
        parts: dict[tuple[date, str, date], list[Row]] = {}
        for event in self.events:
            if event["user_id"] == user:
                parts.setdefault((event["day"], event["session_id"] or "", event["arrival"]), []).append(event)
        baskets: dict[tuple[date, str], list[Row]] = {}
        for (day, session, _), part in parts.items():
            if any(event["event_type"] == "purchase" for event in part):
                baskets.setdefault((day, session), []).extend(part)
        bought = [lines for lines in baskets.values() if any(_is_bought(event) for event in lines)]
        return {
            **_preference("weekday", bought, lambda lines: lines[0]["day"].isoweekday()),
            **_preference("hour", bought, lambda lines: min(e["hour"] for e in lines if e["event_type"] == "purchase")),
            **_preference(
                "channel", bought, lambda lines: max((e["channel"] for e in lines if e["channel"]), default=None)
            ),
            **_preference(
                "store", bought, lambda lines: max((e["store_id"] for e in lines if e["store_id"]), default=None)
            ),
        }

    def _price_indices(self) -> dict[str, float]:
        """The mean price position of the lines of every shopper with five or more."""
        bought = [pair for pair in self.pairs if pair["purchases_365d"]]
        lines = Counter[str]()
        amounts: dict[str, list[float]] = {}
        for pair in bought:
            lines[pair["item_id"]] += pair["purchases_365d"]
            total = amounts.setdefault(pair["item_id"], [0, 0])
            total[0] += pair["revenue_365d"] + pair["discount_365d"]
            total[1] += pair["quantity_365d"]
        price = {item: round(money / pieces, 6) for item, (money, pieces) in amounts.items()}
        position = {}
        for item, own_price in price.items():
            category = [other for other in price if self._category(other) == self._category(item)]
            below = sum(lines[other] for other in category if price[other] < own_price)
            at = sum(lines[other] for other in category if price[other] == own_price)
            position[item] = (below + at / 2) / sum(lines[other] for other in category)
        found: dict[str, list[float]] = {}
        for pair in bought:
            found.setdefault(pair["user_id"], []).extend([position[pair["item_id"]]] * pair["purchases_365d"])
        return {user: round(fmean(own), 6) for user, own in found.items() if len(own) >= 5}

    def _category(self, item: str) -> tuple[Any, Any]:
        return self.items[item]["item_category"], self.items[item]["item_category2"]

    def _prices(self, user: str) -> Row:
        if user not in self.prices:
            return {"price_index": None, "price_band": None}
        third = group_of(self.prices[user], list(self.prices.values()), 3)
        return {"price_index": self.prices[user], "price_band": ("low", "medium", "high")[third - 1]}

    def _affinities(self, user: str) -> Row:
        row: Row = {}
        bought = [pair for pair in self.pairs if pair["user_id"] == user and pair["purchases_365d"]]
        for level, column in (
            ("category", "item_category"),
            ("subcategory", "item_category2"),
            ("brand", "item_brand"),
        ):
            counts = Counter[str | None]()
            for pair in bought:
                counts[self.items[pair["item_id"]][column]] += pair["purchases_365d"]
            named = sorted((-number, name) for name, number in counts.items() if name is not None)
            for place in range(3):
                number, name = named[place] if place < len(named) else (None, None)
                row[f"top_{level}_{place + 1}"] = name
                row[f"top_{level}_{place + 1}_share"] = None if number is None else -number / counts.total()
        return row

    def _campaigns(self, user: str) -> Row:
        got, did = (self._known(rows) for rows in (sends(), engagements()))
        own, reactions = ([row for row in rows if row["user_id"] == user] for rows in (got, did))
        received = {row["campaign_id"] for row in own}
        row: Row = {"campaigns_365d": len(received), "sends_365d": len(own)}
        row["sends_90d"] = sum(self.age(each) < 90 for each in own)
        row["campaigns_90d"] = len({each["campaign_id"] for each in own if self.age(each) < 90})
        row["running_campaigns"] = sum(self._end(name) > self.as_of for name in received)
        row["days_since_last_send"] = min((self.age(each) for each in own), default=None)
        redeemed = [each for each in reactions if each["engagement_type"] == "redeem"]
        row["days_since_last_redemption"] = min((self.age(each) for each in redeemed), default=None)
        for kind, name in (("open", "open"), ("click", "click"), ("redeem", "redemption"), ("convert", "conversion")):
            row[f"{name}s_365d"] = sum(each["engagement_type"] == kind for each in reactions)
            answered = {each["campaign_id"] for each in reactions if each["engagement_type"] == kind} & received
            if kind != "convert":
                reported = any(each["engagement_type"] == kind for each in did)
                row[f"{name}_rate_365d"] = len(answered) / len(received) if received and reported else None
        return row

    def _known(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if row["arrival"] <= self.as_of and 0 <= self.age(row) < 365]

    def _end(self, campaign: str) -> date:
        known = [row for row in campaigns() if row["campaign_id"] == campaign and row["arrival"] <= self.as_of]
        last: date = max(known, key=lambda row: row["arrival"])["end_date"]
        return last


def group_of(value: float, values: Sequence[float], groups: int) -> int:
    """The group, from 1, in which the middle of the values equal to ``value`` lies."""
    below, equal = sum(other < value for other in values), sum(other == value for other in values)
    return 1 + floor(groups * (below + Fraction(equal, 2)) / len(values))


def _is_bought(event: Row) -> bool:
    return event["event_type"] == "purchase" and bool(event["kept"])


def _preference(name: str, baskets: Sequence[list[Row]], value_of: Callable[[list[Row]], Any]) -> Row:
    days: dict[Any, list[date]] = {}
    for lines in baskets:
        days.setdefault(value_of(lines), []).append(lines[0]["day"])
    named = [value for value in days if value is not None]
    best = min(named, key=lambda value: (-len(days[value]), -max(days[value]).toordinal(), value), default=None)
    share = None if best is None else len(days[best]) / len(baskets)
    return {f"preferred_{name}": best, f"preferred_{name}_share": share}
