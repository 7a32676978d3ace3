"""The contract's tables about marketing: promotions, campaigns, messages, reactions, logged showings."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import (
    CURRENCY,
    CURRENCY_RULE,
    Column,
    Kind,
    LandingTable,
    Rule,
    Type,
    day,
    identifier,
    moment,
    number,
    text,
)

_PERIOD_RULE = Rule(
    "end_date",
    "end_date < start_date",
    "end_date lies before start_date",
    "Both days belong to the period; a one-day period has end_date = start_date",
)

PROMOTIONS: Final = LandingTable(
    "promotions",
    Kind.ENTITY,
    ("item_id", "store_id", "start_date"),
    (
        identifier("item_id", "the promoted item", required=True),
        day("start_date", "first day"),
        day("end_date", "last day, included"),
        identifier("store_id", "the branch; absent means all"),
        text("display", "where in the branch"),
        text("mailer", "where in the leaflet"),
    ),
    "Displays and leaflets, per item, branch and period.",
    (_PERIOD_RULE,),
)
CAMPAIGNS: Final = LandingTable(
    "campaigns",
    Kind.ENTITY,
    ("campaign_id",),
    (
        identifier("campaign_id", "the campaign", required=True),
        text("campaign_type", "the shop's own word", required=True),
        day("start_date", "first day"),
        day("end_date", "last day, included"),
        text("channel", "email, post, app or another"),
        number("budget", "money"),
        CURRENCY,
    ),
    "Campaigns and their periods.",
    (CURRENCY_RULE, _PERIOD_RULE),
)
CAMPAIGN_ITEMS: Final = LandingTable(
    "campaign_items",
    Kind.ENTITY,
    ("campaign_id", "coupon_id", "item_id"),
    (
        identifier("campaign_id", "the campaign", required=True),
        identifier("item_id", "an item that it is about", required=True),
        identifier("coupon_id", "the coupon that covers the item"),
    ),
    "Which items a campaign, or a coupon of it, is about.",
)
SENDS: Final = LandingTable(
    "sends",
    Kind.EVENT,
    ("send_id",),
    (
        identifier("send_id", "one per message", required=True),
        identifier("campaign_id", "the campaign", required=True),
        identifier("user_id", "who got it", required=True),
        moment("sent_ts", "when", required=True),
        identifier("variant_id", "which text or design"),
        text("channel", "email, post, app or another"),
        number("cost", "money it cost"),
    ),
    "Messages of campaigns to shoppers.",
)
ENGAGEMENTS: Final = LandingTable(
    "engagements",
    Kind.EVENT,
    ("engagement_id",),
    (
        identifier("engagement_id", "one per reaction", required=True),
        identifier("campaign_id", "the campaign", required=True),
        identifier("user_id", "who reacted", required=True),
        text("engagement_type", "how", required=True, one_of=("open", "click", "redeem", "convert")),
        moment("event_ts", "when", required=True),
        identifier("send_id", "the message reacted to"),
        identifier("coupon_id", "the coupon redeemed"),
    ),
    "Reactions to campaigns.",
)
IMPRESSIONS: Final = LandingTable(
    "impressions",
    Kind.EVENT,
    ("impression_id",),
    (
        identifier("impression_id", "one per showing", required=True),
        moment("shown_ts", "when", required=True),
        Column("position", Type.INTEGER, "place in the list, from 1", required=True),
        Column("clicked", Type.BOOLEAN, "whether it was clicked", required=True),
        Column("propensity", Type.RATIO, "probability with which it was chosen, above 0 up to 1", required=True),
        identifier("user_id", "who saw it"),
        identifier("item_id", "the item shown"),
        identifier("ad_id", "the advertisement shown"),
        text("placement", "where"),
    ),
    "Logged showings with the probability of having been chosen.",
    (
        Rule(
            "propensity",
            "not (propensity > 0 and propensity <= 1)",
            "propensity is not above 0 and at most 1",
            "Log the probability with which the policy chose what it showed",
        ),
    ),
)
