"""The contract's tables of marketing copy: what is to be written, what may be said, what was written and decided."""

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
    identifier,
    money,
    number,
    place,
    text,
)

CHANNELS: Final = ("email", "push", "sms", "ad", "banner")
PARTS: Final = (
    "email_subject", "email_preheader", "email_body", "push", "sms", "ad_headline", "ad_description", "banner",
)  # fmt: skip
TONES: Final = ("plain", "warm", "lively", "formal")
LANGUAGES: Final = ("en", "zh")
LOCALES: Final = ("en_US", "en_GB")
CLAIM, BANNED, SENDER, CONTACT, OTHER_NAME = "claim", "banned", "sender", "contact", "other_name"
APPROVE, EDIT, REJECT = "approve", "edit", "reject"
MOST_ARMS: Final = 5
_ON: Final = Column("enabled", Type.BOOLEAN, "false switches it off; absent means true")
_PERCENT: Final = Rule(
    "percent_off",
    "not (percent_off > 0 and percent_off <= 100)",
    "percent_off is not above 0 and at most 100",
    "Write percent, such as 20 for 20 % off",
)
_PIECES: Final = Rule(
    "take",
    "(take is null) != (pay is null) or not (pay >= 1 and take > pay)",
    "take and pay do not go together",
    "Write both, take above pay, such as take 3 and pay 2",
)
_TEXT: Final = Rule("text", "trim(text) = ''", "the text is empty", "Write the text, or leave the row out")

COPY_BRIEFS: Final = LandingTable(
    "copy_briefs",
    Kind.ENTITY,
    ("brief_id",),
    (
        identifier("brief_id", "name of the brief, such as spring_wine", required=True),
        text("name", "what people read; absent means the brief_id"),
        identifier("audience_id", "the audience that it is written for; absent means everybody who may be written to"),
        text("placement", "placement whose lists give the products where copy_brief_items names none; absent: for_you"),
        Column("products", Type.INTEGER, "how many products a placement gives; absent means 3", unit="items"),
        text("channel", "where it is read; absent means every channel", one_of=CHANNELS),
        text("language", "language of the texts; absent means every language", one_of=LANGUAGES),
        text("locale", "how dates and figures are read in English; absent means en_US", one_of=LOCALES),
        text("tone", "how it sounds; absent means plain", one_of=TONES),
        text("occasion", "what it is about, such as Spring wine week, as English texts may name it"),
        text("occasion_zh", "the same for Chinese texts"),
        number("percent_off", "discount on everything that it is about", "percent"),
        money("amount_off", "amount off everything that it is about"),
        money("minimum_spend", "order from which amount_off is given; absent means every order"),
        Column("take", Type.INTEGER, "pieces that the shopper gets for the price of pay", unit="items"),
        Column("pay", Type.INTEGER, "pieces that the shopper pays for", unit="items"),
        CURRENCY,
        text("code", "what the shopper enters to get the offer"),
        Column("start_date", Type.DATE, "first day of the offer"),
        Column("end_date", Type.DATE, "last day of the offer, included"),
        Column("send_date", Type.DATE, "day on which the text is read; absent: no text says today or tomorrow"),
        text("link", "page that the text leads to; campaign parameters are added"),
        Column("arms", Type.INTEGER, f"variants to compare, at most {MOST_ARMS}; absent means 3", unit="variants"),
        _ON,
    ),
    "Briefs: one row per marketing text that is wanted. One ends by enabled, never by its absence from a later file.",
    (
        CURRENCY_RULE,
        _PERCENT,
        _PIECES,
        Rule(
            "currency",
            "currency is null and (amount_off is not null or minimum_spend is not null)",
            "currency is missing",
            "Say in which currency the amount is, such as USD",
        ),
        Rule("arms", f"not (arms between 1 and {MOST_ARMS})", "arms is out of range", f"Write 1 to {MOST_ARMS}"),
        Rule("products", "not (products between 1 and 20)", "products is out of range", "Write 1 to 20"),
        Rule(
            "end_date",
            "end_date < start_date",
            "end_date lies before start_date",
            "Both days belong to the offer; one of a single day has end_date = start_date",
        ),
        Rule(
            "link",
            "not regexp_full_match(link, 'https?://[^\\s]+')",
            "link is no address of a page",
            "Write a whole address, such as https://shop.example/spring",
        ),
    ),
)

COPY_BRIEF_ITEMS: Final = LandingTable(
    "copy_brief_items",
    Kind.ENTITY,
    ("brief_id", "item_id"),
    (
        identifier("brief_id", "the brief", required=True),
        identifier("item_id", "a product that its texts are about", required=True),
        place("position", "order in which the texts name them"),
        text("name", "how English texts name it; absent means its name in the catalogue"),
        text("name_zh", "how Chinese texts name it; absent means the same"),
        money("price", "what it costs during the offer; absent means its price in the catalogue"),
        money("was_price", "what it cost before; absent: no text compares"),
        number("percent_off", "discount on it, as the shop states it", "percent"),
        CURRENCY,
        Column("take", Type.INTEGER, "pieces of it that the shopper gets for the price of pay", unit="items"),
        Column("pay", Type.INTEGER, "pieces of it that the shopper pays for", unit="items"),
        number("pack_size", "how much is in a pack", "pack_unit"),
        text("pack_unit", "unit of pack_size, such as g or ml"),
        _ON,
    ),
    "Products of briefs: one row per brief and product that its texts must be about.",
    (
        CURRENCY_RULE,
        _PERCENT,
        _PIECES,
        Rule("was_price", "was_price <= price", "was_price is not above price", "Leave was_price out"),
        Rule(
            "pack_unit",
            "(pack_size is null) != (pack_unit is null)",
            "pack_size and pack_unit do not go together",
            "Write both, such as 500 and g",
        ),
    ),
)

COPY_TERMS: Final = LandingTable(
    "copy_terms",
    Kind.ENTITY,
    ("term_id", "language"),
    (
        identifier("term_id", "name of the term, such as organic_seal", required=True),
        text("kind", "what it is", required=True, one_of=(CLAIM, BANNED, SENDER, CONTACT, OTHER_NAME)),
        text("text", "the words", required=True),
        text("language", "language of the words; absent means every language", one_of=LANGUAGES),
        text("source", "for claim: what proves it, such as the number of a certificate"),
        identifier("item_id", "for claim: the product that it is true of; absent means all"),
        identifier("brief_id", "the brief that it belongs to; absent means all"),
        _ON,
    ),
    "Terms: claims that texts may make, words that they never use, names of the shop, its contacts and other names.",
    (
        _TEXT,
        Rule("source", f"kind = '{CLAIM}' and source is null", "source is missing", "Say what proves the claim"),
    ),
)

COPY_TEXTS: Final = LandingTable(
    "copy_texts",
    Kind.EVENT,
    ("text_id",),
    (
        identifier("text_id", "hash of what it was written from, arm and part", required=True),
        identifier("sheet_id", "hash of the fact sheet that it was written from", required=True),
        identifier("brief_id", "the brief", required=True),
        text("language", "language of the text", required=True, one_of=LANGUAGES),
        Column("arm", Type.INTEGER, "which variant, from 1", required=True, unit="variants"),
        text("part", "which part of which channel", required=True, one_of=PARTS),
        text("text", "what was written", required=True),
        text("model", "the language model that wrote it"),
        text("prompt_version", "version of the instruction that it was given"),
    ),
    "What a language model wrote, as it wrote it. Shelduck lands it itself; nothing of it is published unvalidated.",
)

COPY_DECISIONS: Final = LandingTable(
    "copy_decisions",
    Kind.EVENT,
    ("decision_id",),
    (
        identifier("decision_id", "the decision", required=True),
        identifier("brief_id", "the brief", required=True),
        text("language", "language of the variant", required=True, one_of=LANGUAGES),
        text("channel", "channel of the variant", required=True, one_of=CHANNELS),
        Column("arm", Type.INTEGER, "which variant, from 1", required=True, unit="variants"),
        text("decision", "what was decided", required=True, one_of=(APPROVE, EDIT, REJECT)),
        identifier("variant_hash", "for approve and reject: hash of the variant's texts as they were shown"),
        text("part", "for edit: which part", one_of=PARTS),
        text("text", "for edit: the new text"),
        text("reason", "why"),
        text("who", "who decided"),
        text("decided_at", "when, in UTC; of two decisions on the same variant the later counts", required=True),
    ),
    "What people decided on variants: approvals, edits, rejections. Shelduck lands it itself.",
    (
        Rule(
            "decided_at",
            "not regexp_full_match(decided_at, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z')",
            "decided_at is no moment in UTC",
            "Write it as 2026-03-01T09:30:00Z",
        ),
        Rule(
            "text",
            f"decision = '{EDIT}' and (part is null or text is null)",
            "part or text is missing",
            "An edit says which part becomes which text",
        ),
        Rule(
            "variant_hash",
            f"decision != '{EDIT}' and variant_hash is null",
            "variant_hash is missing",
            "Say what was seen: the variant's hash in copy_variant",
        ),
    ),
)
