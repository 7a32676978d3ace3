"""What to rename where a file's columns have other names than the contract's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from ml.landing.column_names import is_name, shown
from ml.landing.refusal import Refusal, RefusedFileError
from ml.landing.schema import LandingTable

_ALIKE = 0.8
_TIME = "event_ts needs text with an offset or Z: 2025-05-31T08:12:00Z"


@dataclass(frozen=True)
class _Export:
    """A well-known export: names that only it has, what they are in the contract, and what else it needs.

    ``kind`` is the one of ``shelduck adapt`` that reads it.
    """

    of: str
    kind: str
    marks: frozenset[str]
    renamings: dict[str, str]
    note: str = _TIME


_EXPORTS: Final = (
    _Export(
        "Amazon Personalize",
        "personalize",
        frozenset({"USER_ID", "ITEM_ID", "TIMESTAMP"}),
        {
            "USER_ID": "user_id",
            "ITEM_ID": "item_id",
            "TIMESTAMP": "event_ts",
            "EVENT_TYPE": "event_type",
        },
    ),
    _Export(
        "Google Analytics 4",
        "ga4",
        frozenset({"event_name", "event_timestamp", "user_pseudo_id"}),
        {
            "event_name": "event_type",
            "event_timestamp": "event_ts",
            "user_pseudo_id": "user_id",
            "ga_session_id": "session_id",
        },
        f"{_TIME} (GA4 counts microseconds); write a row per element of items, its item_id beside the event",
    ),
    _Export(
        "Segment",
        "segment",
        frozenset({"messageId", "userId"}),
        {"messageId": "event_id", "userId": "user_id", "timestamp": "event_ts", "event": "event_type"},
        "write a row per product of properties, its product_id as item_id, and event_type in the contract's words "
        "(Order Completed is purchase)",
    ),
    _Export(
        "MovieLens",
        "movielens",
        frozenset({"userId", "movieId"}),
        {
            "userId": "user_id",
            "movieId": "item_id",
            "timestamp": "event_ts",
            "title": "item_name",
            "genres": "item_category",
        },
        f"{_TIME} (MovieLens counts seconds since 1970); event_type is rate",
    ),
    _Export(
        "Shopify's orders",
        "shopify",
        frozenset({"Lineitem name", "Lineitem quantity"}),
        {
            "Created at": "event_ts",
            "Lineitem sku": "item_id",
            "Lineitem quantity": "quantity",
            "Lineitem price": "event_value",
            "Currency": "currency",
            "Name": "session_id",
        },
        "event_value is the whole line's money, Shopify's price a piece's; event_type is purchase; user_id: write a "
        "pseudonym of the customer",
    ),
    _Export(
        "WooCommerce's orders",
        "woocommerce",
        frozenset({"order_id", "date_created_gmt"}),
        {
            "order_id": "session_id",
            "date_created_gmt": "event_ts",
            "customer_id": "user_id",
            "product_id": "item_id",
            "product_qty": "quantity",
            "product_net_revenue": "event_value",
        },
        f"{_TIME}; event_type is purchase",
    ),
)
_USUAL: Final = {
    "user_id": ("user", "uid", "customer_id", "client_id", "shopper_id", "visitor_id", "member_id", "household_id"),
    "item_id": ("item", "product_id", "sku", "article_id", "movie_id", "stock_code", "variant_sku", "product", "asin"),
    "event_type": ("event_name", "event", "action", "behavior"),
    "event_ts": ("timestamp", "event_timestamp", "event_time", "datetime", "created_at", "occurred_at", "ts", "time"),
    "event_id": ("message_id", "insert_id", "transaction_line_id"),
    "item_name": ("title", "product_name", "name"),
    "event_value": ("amount", "revenue", "sales_value", "total", "line_total"),
    "quantity": ("qty", "units"),
    "session_id": ("basket_id", "order_id", "cart_id", "visit_id"),
    "item_category": ("category", "genres", "category_l1"),
    "item_category2": ("category_l2",),
    "item_category3": ("category_l3",),
    "creation_ts": ("creation_timestamp",),
    "item_brand": ("brand", "vendor"),
}


@dataclass(frozen=True)
class Renamings:
    """Which of a file's names stand for which of the contract's, and the export that is known by them."""

    names: dict[str, str]
    export: _Export | None = None

    @property
    def targets(self) -> set[str]:
        """The contract's names that a renaming gives."""
        return set(self.names.values())

    def words(self) -> str:
        """All of them as an instruction, or nothing."""
        return "rename " + ", ".join(f"{old} to {new}" for old, new in self.names.items()) if self.names else ""


def renamings(names: Iterable[str], table: LandingTable) -> Renamings:
    """What each name that the contract does not know probably stands for; no two for the same column."""
    given = [name for name in names if is_name(name)]
    spare = [name for name in given if name not in table.names]
    wanted = [name for name in table.names if name not in given]
    export = next((each for each in _EXPORTS if each.marks <= set(given)), None)
    found: dict[str, str] = {}
    for guess in (_as_exported(export), _as_spelt, _as_usual, _as_similar):
        for name in spare:
            free = [column for column in wanted if column not in found.values()]
            column = None if name in found else guess(name, free)
            if column:
                found[name] = column
    return Renamings({name: found[name] for name in spare if name in found}, export)


def require_columns(names: list[str], table: LandingTable) -> None:
    """Refuse a file without one of the table's required columns.

    Raises:
        RefusedFileError: naming all that are missing, and what to rename.
    """
    missing = [name for name in table.required if name not in names]
    if not missing:
        return
    reason = f"required column {missing[0]} is missing" + (f" (also {', '.join(missing[1:])})" if missing[1:] else "")
    raise RefusedFileError(Refusal(missing[0], "no column", reason, _remedy(renamings(names, table), missing)))


def hint_for_objects(unknown: Collection[str], table: LandingTable, column: str, remedy: str) -> str:
    """The remedy for JSON objects without ``column``, with what to rename where other names stand for it."""
    found = renamings(unknown, table)
    if column not in found.targets and not found.export:
        return remedy
    missing = [name for name in table.required if name not in found.targets and name == column]
    return f"{remedy}. {_remedy(found, missing)}"


def left_out(unknown: Collection[str], table: LandingTable) -> tuple[str, ...]:
    """The names beside the contract's that may be shown, with the column each probably stands for."""
    probable = renamings(unknown, table).names
    return tuple(f"{name} (rename it {probable[name]}?)" if name in probable else name for name in shown(unknown))


def _remedy(found: Renamings, missing: list[str]) -> str:
    left = [name for name in missing if name not in found.targets]
    steps = [found.words(), f"add the column{'s' if left[1:] else ''} {', '.join(left)}" if left else ""]
    if found.export:
        steps.append(f"as {found.export.of} writes them: {found.export.note}")
        steps.append(f"or translate the export as it is, and run: shelduck adapt {found.export.kind} FILE")
    if "event_id" in left:
        steps.append("an event_id is one per row, such as shopper, item and time joined by -")
    told = "; ".join(step for step in steps if step)
    return told[:1].upper() + told[1:]


def _as_exported(export: _Export | None) -> Callable[[str, list[str]], str | None]:
    known = export.renamings if export else {}
    return lambda name, free: known[name] if known.get(name) in free else None


def _as_spelt(name: str, free: list[str]) -> str | None:
    return next((column for column in free if _bare(column) == _bare(name)), None)


def _as_usual(name: str, free: list[str]) -> str | None:
    return next((c for c in free if _bare(name) in {_bare(usual) for usual in _USUAL.get(c, ())}), None)


def _as_similar(name: str, free: list[str]) -> str | None:
    """Misspelt: the nearest name, unless the last word, which says what it is, differs."""
    near = difflib.get_close_matches(name.lower(), free, 1, _ALIKE)
    return near[0] if near and _last_word(near[0])[:1] == _last_word(name)[:1] else None


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _last_word(name: str) -> str:
    return re.split(r"[\W_]|(?<=[a-z])(?=[A-Z])", name)[-1].lower()
