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
    money,
    number,
    place,
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
        day("start_date", "first day of the period"),
        day("end_date", "last day of the period, included"),
        identifier("store_id", "the store; absent means all"),
        text("display", "where in the store it is on display; absent means nowhere"),
        text("mailer", "where in the leaflet it stands; absent means nowhere"),
    ),
    "Displays and leaflets: one row per item, store and period.",
    (_PERIOD_RULE,),
)
CAMPAIGNS: Final = LandingTable(
    "campaigns",
    Kind.ENTITY,
    ("campaign_id",),
    (
        identifier("campaign_id", "the campaign", required=True),
        text("campaign_type", "kind of campaign, in the shop's own words", required=True),
        day("start_date", "first day of the period"),
        day("end_date", "last day of the period, included"),
        text("channel", "email, post, app or another"),
        money("budget", "what the campaign may cost in all"),
        CURRENCY,
    ),
    "Campaigns: one row per campaign, with its period.",
    (CURRENCY_RULE, _PERIOD_RULE),
)
CAMPAIGN_ITEMS: Final = LandingTable(
    "campaign_items",
    Kind.ENTITY,
    ("campaign_id", "coupon_id", "item_id"),
    (
        identifier("campaign_id", "the campaign", required=True),
        identifier("item_id", "an item that the campaign is about", required=True),
        identifier("coupon_id", "the coupon that covers the item"),
    ),
    "Which items a campaign, or a coupon of it, is about: one row per campaign, coupon and item.",
)
SENDS: Final = LandingTable(
    "sends",
    Kind.EVENT,
    ("send_id",),
    (
        identifier("send_id", "one per message", required=True),
        identifier("campaign_id", "the campaign", required=True),
        identifier("user_id", "the shopper to whom it was sent", required=True),
        moment("sent_ts", "when it was sent", required=True),
        identifier("variant_id", "the variant of the message, such as another subject line"),
        text("channel", "email, post, app or another"),
        number("cost", "what sending it cost", "the shop's currency"),
    ),
    "Messages of campaigns to shoppers: one row per message.",
)
ENGAGEMENTS: Final = LandingTable(
    "engagements",
    Kind.EVENT,
    ("engagement_id",),
    (
        identifier("engagement_id", "one per reaction", required=True),
        identifier("campaign_id", "the campaign", required=True),
        identifier("user_id", "the shopper who reacted", required=True),
        text("engagement_type", "what the shopper did", required=True, one_of=("open", "click", "redeem", "convert")),
        moment("event_ts", "when the shopper did", required=True),
        identifier("send_id", "the message reacted to"),
        identifier("coupon_id", "the coupon redeemed"),
    ),
    "Reactions of shoppers to campaigns: one row per reaction.",
)
IMPRESSIONS: Final = LandingTable(
    "impressions",
    Kind.EVENT,
    ("impression_id",),
    (
        identifier("impression_id", "one per showing of one thing to one shopper", required=True),
        moment("shown_ts", "when it was shown", required=True),
        place("position", "place in the list that was shown", required=True),
        Column("clicked", Type.BOOLEAN, "whether the shopper clicked it", required=True),
        Column(
            "propensity",
            Type.RATIO,
            "probability with which what was shown was chosen for this place, above 0 up to 1",
            required=True,
            unit="share of 1",
        ),
        identifier("user_id", "the shopper who saw it"),
        identifier("item_id", "the item shown"),
        identifier("ad_id", "the advertisement shown"),
        text("placement", "the placement in which it was shown, such as for_you"),
    ),
    "What was shown to shoppers, by the shop's own log: one row per showing, with the probability of its choice.",
    (
        Rule(
            "propensity",
            "not (propensity > 0 and propensity <= 1)",
            "propensity is not above 0 and at most 1",
            "Log the probability with which the policy chose what it showed",
        ),
    ),
)
