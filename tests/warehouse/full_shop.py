"""A small shop that uses everything: every placement, rules of each kind that reads a table, ratings, showings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from ml.landing.load import land
from ml.placements import SHOP
from ml.settings import Settings
from testkit.shop import FIRST_DAY, TIMEZONE, write_rules, write_shop

DAYS = 45
AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
EVALUATION_DAYS = 14
TRAINED_AS_OF = AS_OF - timedelta(days=EVALUATION_DAYS)
SHOPPERS = [f"s{number:02d}" for number in range(40)]
ITEMS = [f"g{number:02d}" for number in range(60)]
_SHEET = "681a488e93d10a8f"
"""``copy_variant.sheet_id`` of the brief below: a text written from other facts is not looked at."""
_PURPOSES = ("herbs", "marketing", "personalisation")
_NOON = f"{AS_OF}T12:00:00Z"
_HEADERS = {
    "audiences": "audience_id,kind,condition,top_share,purpose,item_field,item_value",
    "audience_users": "audience_id,user_id",
    "consents": "user_id,purpose,granted,granted_ts",
    "copy_brief_items": "brief_id,item_id,position",
    "copy_briefs": "brief_id,placement,channel,language",
    "copy_decisions": "decision_id,brief_id,language,channel,arm,decision,part,text,decided_at",
    "copy_terms": "term_id,kind,text,language",
    "copy_texts": "text_id,sheet_id,brief_id,language,arm,part,text",
    "impressions": "impression_id,shown_ts,position,clicked,propensity,user_id,item_id,placement",
    "layouts": "layout,row,placement,places",
    "promotions": "item_id,start_date,end_date",
    "review_aspects": "aspect_id,language,term",
    "reviews": "review_id,user_id,item_id,created_ts,rating,text",
    "shop_documents": "document_id,title,text,language",
    "tags": "tag_id,condition",
    "interactions": "event_id,user_id,item_id,event_type,event_ts,rating",
}
_RULES: Sequence[dict[str, object]] = (
    {"rule_id": "seen", "rule_type": "fatigue", "amount": 1, "window_days": 28},
    {
        "rule_id": "herbs",
        "rule_type": "consent",
        "item_field": "item_category",
        "item_value": "Herbs",
        "purpose": "herbs",
    },
    {"rule_id": "leaflet", "rule_type": "promote", "item_field": "promotion", "amount": 0.4},
)


def landed_shop(home: Path) -> Settings:
    """The shop's settings; its files up to ``AS_OF`` are landed, the rules since ``TRAINED_AS_OF``."""
    settings = Settings(
        home=home,
        timezone=TIMEZONE,
        placements=[each.model_copy(update={"on": True}) for each in SHOP],
        recipes=("popularity",),
        evaluation_days=EVALUATION_DAYS,
        k=5,
        minimum_audience=2,
    )
    write_shop(settings.landing_dir, days=DAYS, weekly_until=TRAINED_AS_OF)
    write_rules(settings.landing_dir, TRAINED_AS_OF, *_RULES)
    for table, rows in _last_days_files().items():
        path = settings.landing_dir / table / f"dt={AS_OF}" / "more.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([_HEADERS[table].split(","), *rows])
    land(settings, AS_OF)
    return settings


def _last_days_files() -> dict[str, list[tuple[object, ...]]]:
    coming = AS_OF + timedelta(days=1)
    return {
        "audiences": [
            ("herb_lovers", "condition", "bought(category = 'Herbs') > 0", "", "herbs", "", ""),
            ("likely", "affinity", "", 0.3, "herbs", "item_category", "Herbs"),
            ("alike", "look_alike", "", 0.4, "herbs", "", ""),
        ],
        "audience_users": [("alike", user) for user in SHOPPERS[:6]],
        "consents": [(user, each, "true", _NOON) for user in SHOPPERS[::2] for each in _PURPOSES],
        "copy_brief_items": [("tea", ITEMS[0], 1)],
        "copy_briefs": [("tea", "for_you", "sms", "en")],
        "copy_decisions": [("d", "tea", "en", "sms", 1, "edit", "sms", "Tea for you", f"{AS_OF}T12:00:00Z")],
        "copy_terms": [("shop", "sender", "Corner Shop", "en")],
        "copy_texts": [("t", _SHEET, "tea", "en", 2, "sms", "Basil from Corner Shop.")],
        "impressions": [
            (f"{user}-{item}", _NOON, 1, "false", 1, user, item, "for_you")
            for user in SHOPPERS
            for item in ITEMS[12:40]
        ],
        "layouts": [("home", 1, "discover", 3), ("home", 2, "for_you", 2), ("home", 3, "due_again", 2)],
        "review_aspects": [("scent", "en", "smell")],
        "reviews": [
            (f"r-{user}", user, ITEMS[number], _NOON, rating, f"{words}; the smell is right for number {number}")
            for number, user in enumerate(SHOPPERS)
            for rating, words in (((5, "I love it"), (1, "Broken, I am angry"))[number % 2],)
        ],
        "shop_documents": [("returns", "Returns", "Bring it back within 30 days.", "en")],
        "tags": [("spender", "revenue_365d > 0")],
        "promotions": [(item, coming, coming + timedelta(days=6)) for item in ITEMS[40:45]],
        "interactions": [
            (f"rate-{user}-{item}", user, item, "rate", _NOON, 1) for user in SHOPPERS[::5] for item in ITEMS[::20]
        ],
    }
