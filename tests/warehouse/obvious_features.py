"""The features once more: slow, obvious, a loop per shopper and item, and no SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

from tests.warehouse.tiny_shop import items, promotions, users

Row = dict[str, Any]
WINDOWS = (1, 7, 28, 90, 365)
HALF_LIVES = (14, 30, 90)


class Obvious:
    """What was known as of a day, computed from the events themselves."""

    def __init__(self, events: Sequence[Row], as_of: date) -> None:
        self.as_of = as_of
        self.events = net([e for e in events if e["arrival"] <= as_of and 0 <= self.age(e) < 365])
        newest: dict[str, Row] = {}
        for item in sorted(items(), key=lambda item: item["arrival"]):
            if item["arrival"] <= as_of:
                newest[item["item_id"]] = item
        self.items = newest
        self.recommendable = {
            key
            for key, item in newest.items()
            if item["item_category"] != "FUEL" and item.get("availability") != "out_of_stock"
        }

    def age(self, event: Row) -> int:
        return (self.as_of - event["day"]).days

    def dim_user(self) -> list[Row]:
        registered = {user["user_id"] for user in users() if user["arrival"] <= self.as_of}
        everyone = sorted(registered | {event["user_id"] for event in self.events})
        return [{"user_id": user, "is_registered": user in registered, **self._last_visit(user)} for user in everyone]

    def _last_visit(self, user: str) -> Row:
        visits: dict[tuple[date, date, str], list[Row]] = {}
        for event in self.events:
            if event["user_id"] == user:
                visits.setdefault((event["day"], event["arrival"], event["session_id"] or ""), []).append(event)
        last = visits[max(visits)] if visits else []
        return {
            f"last_{name}": max((event[name] for event in last if event[name]), default=None)
            for name in ("channel", "store_id")
        }

    def history(self) -> list[Row]:
        found: dict[tuple[str, str, date], Row] = {}
        for event in self.events:
            pair = (event["user_id"], event["item_id"])
            if (
                event["event_type"] == "purchase"
                and pair[1] in self.recommendable
                and event["kept"]
                and self.likes(pair)
            ):
                key = (event["user_id"], event["item_id"], event["day"])
                row = found.setdefault(key, {"purchases": 0, "quantity": 0.0, "revenue": 0.0})
                row["purchases"] += 1
                row["quantity"] += event["quantity"]
                row["revenue"] = round(row["revenue"] + event["event_value"], 4)
        return [
            {"user_id": user, "item_id": item, "event_date": day, **found[user, item, day]}
            for user, item, day in sorted(found)
        ]

    def rating(self) -> list[Row]:
        rated = [e for e in self.events if e["rating"] is not None and e["item_id"] in self.recommendable]
        last: dict[tuple[str, str, date], Row] = {}
        for event in sorted(rated, key=lambda e: (e["day"], e["hour"], e["event_id"])):
            last[event["user_id"], event["item_id"], event["day"]] = event
        return [
            {"user_id": user, "item_id": item, "event_date": day, "rating": float(last[user, item, day]["rating"])}
            for user, item, day in sorted(last)
        ]

    def likes(self, pair: tuple[str, str]) -> bool:
        """Whether the last rating of the pair, if there is one, is 3 or more."""
        own = [row["rating"] for row in self.rating() if (row["user_id"], row["item_id"]) == pair]
        return not own or own[-1] >= 3

    def feat_user_item(self) -> list[Row]:
        known = [e for e in self.events if e["item_id"] in self.recommendable]
        return [self._pair(user, item, known) for user, item in sorted({(e["user_id"], e["item_id"]) for e in known})]

    def _pair(self, user: str, item: str, known: list[Row]) -> Row:
        own = [e for e in known if (e["user_id"], e["item_id"]) == (user, item)]
        bought = [e for e in own if e["event_type"] == "purchase" and e["kept"]]
        row: Row = {"user_id": user, "item_id": item, "return_rate_365d": _return_rate(own)}
        row |= {"returned_quantity_365d": sum(e["returned"] for e in own)}
        row |= {f"purchases_{n}d": sum(self.age(e) < n for e in bought) for n in WINDOWS}
        row |= {f"revenue_{n}d": self._sum(bought, "event_value", n) for n in (28, 365)}
        row |= {f"quantity_{n}d": self._sum(bought, "quantity", n) for n in (28, 365)}
        row |= {f"discount_{n}d": self._sum(bought, "discount", n) for n in (28, 365)}
        row |= {f"views_{n}d": self._count(own, "view_item", n) for n in (7, 28)}
        row |= {f"carts_{n}d": self._count(own, "add_to_cart", n) for n in (7, 28)}
        row |= {"refunds_365d": self._count(own, "refund", 365), "ratings_365d": self._count(own, "rate", 365)}
        row |= {"rating_sum_365d": float(sum(e["rating"] or 0 for e in own))}
        rhythm = self._rhythm(bought)
        mean = rhythm["mean_days_between_purchases"]
        due = None if mean is None else round(rhythm["days_since_last_purchase"] / mean, 6)
        ages = sorted({self.age(e) for e in bought})
        row |= {"days_since_second_last_purchase": ages[1] if len(ages) > 1 else None}
        row |= {"days_since_third_last_purchase": ages[2] if len(ages) > 2 else None}
        row |= {f"decayed_purchase_days_{n}d": _decayed(ages, n) for n in HALF_LIVES}
        row |= {"purchase_rate_365d": _ratio(len(ages), ages[-1] + 1) if ages else None}
        return row | rhythm | {"purchase_days_365d": len(ages), "due_ratio": due, **self._shares(user, item, known)}

    def _shares(self, user: str, item: str, known: list[Row]) -> Row:
        """The item's part of what the shopper's items are worth, and of what those of its type are."""
        bought = [e for e in known if e["user_id"] == user and e["event_type"] == "purchase" and e["kept"]]
        ages: dict[str, set[int]] = {}
        for event in bought:
            ages.setdefault(event["item_id"], set()).add(self.age(event))
        kind = self.groups(item)["type"]
        akin = {other: days for other, days in ages.items() if self.groups(other)["type"] == kind}

        def share(n: int, among: dict[str, set[int]]) -> float | None:
            return _ratio(_decayed(ages.get(item, ()), n), sum(_decayed(days, n) for days in among.values()))

        return {"user_share_30d": share(30, ages), "user_share_90d": share(90, ages), "type_share_90d": share(90, akin)}

    def groups(self, item: str) -> dict[str, tuple[str | None, ...]]:
        row = self.items[item]
        kind = (row["item_category"], row.get("item_category2"), row.get("item_category3"))
        return {"type": kind, "category": kind[:2], "line": (row["item_brand"], *kind), "brand": (row["item_brand"],)}

    def feat_user_group(self) -> list[Row]:
        """Groups go by their names here, which ``named_groups`` puts in place of their numbers."""
        ages: dict[tuple[str, str, tuple[str | None, ...]], set[int]] = {}
        for row in self.history():
            for level, group in self.groups(row["item_id"]).items():
                age = (self.as_of - row["event_date"]).days
                ages.setdefault((row["user_id"], level, group), set()).add(age)
        return [
            {
                "user_id": user,
                "group_level": level,
                "group": group,
                "purchase_days_365d": len(days),
                "days_since_last_purchase": min(days),
                "days_since_first_purchase": max(days),
                **{f"decayed_purchase_days_{n}d": _decayed(days, n) for n in HALF_LIVES},
                "mean_days_between_purchases": _ratio(max(days) - min(days), len(days) - 1),
                "due_ratio": _ratio(min(days) * (len(days) - 1), max(days) - min(days)),
            }
            for (user, level, group), days in ages.items()
        ]

    def feat_user(self) -> list[Row]:
        return [self._user(user["user_id"]) for user in self.dim_user()]

    def _user(self, user: str) -> Row:
        own = [e for e in self.events if e["user_id"] == user]
        bought = [e for e in own if e["event_type"] == "purchase" and e["kept"]]
        row: Row = {"user_id": user, "return_rate_365d": _return_rate(own)}
        for n in WINDOWS:
            young = [e for e in bought if self.age(e) < n]
            row[f"baskets_{n}d"] = len({(e["day"], e["session_id"]) for e in young})
            row[f"purchase_days_{n}d"] = len({e["day"] for e in young})
            row[f"purchases_{n}d"] = len(young)
            row[f"revenue_{n}d"] = self._sum(bought, "event_value", n)
        for n in (28, 90, 365):
            paid, saved = self._sum(bought, "event_value", n), self._sum(bought, "discount", n)
            row[f"discount_share_{n}d"] = _ratio(saved, paid + saved)
        row["mean_basket_value_365d"] = _ratio(row["revenue_365d"], row["baskets_365d"])
        row["refunds_365d"] = self._count(own, "refund", 365)
        row["refunded_365d"] = self._sum([e for e in own if e["event_type"] == "refund"], "event_value", 365)
        pairs = [pair for pair in self.feat_user_item() if pair["user_id"] == user]
        ages = {self.age(e) for e in bought}
        row |= {f"decayed_purchase_days_{n}d": _decayed(ages, n) for n in (30, 90)}
        row["item_days_365d"] = sum(pair["purchase_days_365d"] for pair in pairs)
        row["new_items_28d"] = sum(_first(pair) < 28 for pair in pairs)
        row["items_365d"] = sum(pair["purchases_365d"] > 0 for pair in pairs)
        row["repeat_items_365d"] = sum(pair["purchase_days_365d"] > 1 for pair in pairs)
        row |= self._affinity(pairs, "category") | self._affinity(pairs, "brand")
        return row | self._rhythm(bought)

    def _affinity(self, pairs: list[Row], level: str) -> Row:
        counts: dict[str | None, int] = {}
        for pair in pairs:
            value = self.items[pair["item_id"]][f"item_{level}"]
            counts[value] = counts.get(value, 0) + pair["purchases_365d"]
        named = sorted((-n, value) for value, n in counts.items() if n and value is not None)
        if not named:
            return {f"top_{level}": None, f"top_{level}_share": None}
        return {f"top_{level}": named[0][1], f"top_{level}_share": _ratio(-named[0][0], sum(counts.values()))}

    def feat_item(self) -> list[Row]:
        pairs = self.feat_user_item()
        return [self._item(item, [pair for pair in pairs if pair["item_id"] == item]) for item in self.sorted_items()]

    def sorted_items(self) -> list[str]:
        return sorted(self.recommendable)

    def _item(self, item: str, pairs: list[Row]) -> Row:
        row: Row = {"item_id": item}
        total: Callable[[str], Any] = lambda name: round(sum(pair[name] for pair in pairs), 4)  # noqa: E731
        for n in WINDOWS:
            row[f"purchases_{n}d"] = total(f"purchases_{n}d")
            row[f"buyers_{n}d"] = sum(pair[f"purchases_{n}d"] > 0 for pair in pairs)
        row["trend_7d"] = _ratio(row["purchases_7d"] / 7, row["purchases_28d"] / 28)
        row["trend_28d"] = _ratio(row["purchases_28d"] / 28, row["purchases_90d"] / 90)
        own = [event for event in self.events if event["item_id"] == item]
        row["return_rate_365d"] = _return_rate(own)
        row["mean_price_28d"] = _ratio(total("revenue_28d"), total("quantity_28d"))
        row["discount_share_365d"] = _ratio(total("discount_365d"), total("revenue_365d") + total("discount_365d"))
        row["mean_rating_365d"] = _ratio(total("rating_sum_365d"), total("ratings_365d"))
        row["repeat_buyers_365d"] = sum(pair["purchase_days_365d"] > 1 for pair in pairs)
        return row | self._newcomers(row, pairs) | self._type(item) | self._promoted(item)

    def _newcomers(self, row: Row, pairs: list[Row]) -> Row:
        new = {f"new_buyers_{n}d": sum(_first(pair) < n for pair in pairs) for n in (7, 14, 28, 56)}
        everybody = len({pair["user_id"] for pair in self.feat_user_item() if pair["purchases_365d"]})
        strangers = everybody - row["buyers_365d"] + new["new_buyers_28d"]
        days, price = sum(pair["purchase_days_365d"] for pair in pairs), _mean_price(pairs, 365)
        return {
            **new,
            "new_buyer_rate_28d": _ratio(new["new_buyers_28d"] + 0.5, strangers + 20),
            "repeat_share_365d": _ratio(row["repeat_buyers_365d"], row["buyers_365d"]),
            "purchase_days_per_buyer_365d": _ratio(days, row["buyers_365d"]),
            "price_change_28d": price and _mean_price(pairs, 28) and _ratio(_mean_price(pairs, 28) or 0, price),
        }

    def _type(self, item: str) -> Row:
        kind = self.groups(item)["type"]
        akin = [pair for pair in self.feat_user_item() if self.groups(pair["item_id"])["type"] == kind]
        sums = {f"type_purchases_{n}d": sum(pair[f"purchases_{n}d"] for pair in akin) for n in (7, 28, 90)}
        sold = [pair["purchases_28d"] for pair in akin if pair["item_id"] == item]
        return {**sums, "type_share_28d": _ratio(sum(sold), sums["type_purchases_28d"]) if sold else None}

    def _promoted(self, item: str) -> Row:
        week = [str(self.as_of + timedelta(days=n)) for n in range(1, 8)]
        newest: dict[tuple[Any, ...], Row] = {}
        for row in sorted(promotions(), key=lambda row: row["arrival"]):
            if row["arrival"] <= self.as_of and row["item_id"] == item:
                newest[row.get("store_id"), row["start_date"]] = row
        coming = [row for row in newest.values() if row["start_date"] <= week[-1] and row["end_date"] >= week[0]]
        return {
            "is_promoted_next_7d": bool(coming),
            "stores_with_display_next_7d": sum(row.get("display", "0") != "0" for row in coming),
            "stores_with_mailer_next_7d": sum(row.get("mailer", "0") != "0" for row in coming),
        }

    def _rhythm(self, bought: list[Row]) -> Row:
        days = sorted({e["day"] for e in bought})
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        return {
            "days_since_last_purchase": (self.as_of - days[-1]).days if days else None,
            "days_since_first_purchase": (self.as_of - days[0]).days if days else None,
            "mean_days_between_purchases": round(fmean(gaps), 6) if gaps else None,
            "std_days_between_purchases": round(pstdev(gaps), 6) if gaps else None,
        }

    def _sum(self, events: list[Row], name: str, days: int) -> float:
        return round(float(sum(e[name] for e in events if self.age(e) < days)), 4)

    def _count(self, events: list[Row], kind: str, days: int) -> int:
        return sum(e["event_type"] == kind and self.age(e) < days for e in events)


def _decayed(ages: Iterable[int], half_life: int) -> float:
    return sum(0.5 ** (age / half_life) for age in ages)


def _first(pair: Row) -> float:
    first = pair["days_since_first_purchase"]
    return 365 if first is None else float(first)


def _mean_price(pairs: list[Row], days: int) -> float | None:
    return _ratio(sum(pair[f"revenue_{days}d"] for pair in pairs), sum(pair[f"quantity_{days}d"] for pair in pairs))


def net(events: Sequence[Row]) -> list[Row]:
    """Refunds take pieces, one step after the other, from the purchases made last; nothing from none.

    Purchases get ``kept`` and ``returned`` pieces, and money in proportion to what was kept.
    """
    held: dict[tuple[str, str], list[Row]] = {}
    netted = [{**e, "kept": e["quantity"], "returned": 0} for e in events]
    for event in sorted(netted, key=lambda e: (e["day"], e["hour"], e["event_type"] != "purchase", e["event_id"])):
        stack = held.setdefault((event["user_id"], event["item_id"]), [])
        if event["event_type"] == "purchase":
            stack.append(event)
        left = event["quantity"] if event["event_type"] == "refund" else 0
        while left and stack:
            taken = min(left, stack[-1]["kept"])
            left -= taken
            stack[-1]["kept"] -= taken
            stack[-1]["returned"] += taken
            if not stack[-1]["kept"]:
                stack.pop()
    for event in netted:
        if event["returned"]:
            share = event["returned"] / event["quantity"]
            event |= {name: event[name] - round(event[name] * share, 4) for name in ("event_value", "discount")}
            event["quantity"] = event["kept"]
    return netted


def _return_rate(events: Sequence[Row]) -> float | None:
    bought = [e for e in events if e["event_type"] == "purchase"]
    return _ratio(sum(e["returned"] for e in bought), sum(e["kept"] + e["returned"] for e in bought))


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None
