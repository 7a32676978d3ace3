"""Names of the columns that tables of copy have; shoppers and items are in ``ml.tables.Col``."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Copy:
    """Column names."""

    # ids
    brief_id: Final = "brief_id"
    audience_id: Final = "audience_id"
    term_id: Final = "term_id"
    text_id: Final = "text_id"
    sheet_id: Final = "sheet_id"
    decision_id: Final = "decision_id"
    variant_hash: Final = "variant_hash"
    template_id: Final = "template_id"
    # what is wanted
    name: Final = "name"
    name_zh: Final = "name_zh"
    placement: Final = "placement"
    products: Final = "products"
    channel: Final = "channel"
    language: Final = "language"
    locale: Final = "locale"
    tone: Final = "tone"
    occasion: Final = "occasion"
    occasion_zh: Final = "occasion_zh"
    link: Final = "link"
    arms: Final = "arms"
    item_ids: Final = "item_ids"
    left_out: Final = "left_out"
    is_enabled: Final = "is_enabled"
    # what is offered
    percent_off: Final = "percent_off"
    amount_off: Final = "amount_off"
    minimum_spend: Final = "minimum_spend"
    take: Final = "take"
    pay: Final = "pay"
    currency: Final = "currency"
    code: Final = "code"
    start_date: Final = "start_date"
    end_date: Final = "end_date"
    send_date: Final = "send_date"
    price: Final = "price"
    was_price: Final = "was_price"
    pack_size: Final = "pack_size"
    pack_unit: Final = "pack_unit"
    # facts
    fact: Final = "fact"
    kind: Final = "kind"
    value: Final = "value"
    source: Final = "source"
    # texts
    arm: Final = "arm"
    part: Final = "part"
    text: Final = "text"
    writer: Final = "writer"
    model: Final = "model"
    prompt_version: Final = "prompt_version"
    status: Final = "status"
    reason: Final = "reason"
    characters: Final = "characters"
    decision: Final = "decision"
    decided_at: Final = "decided_at"
    decided_by: Final = "decided_by"
    who: Final = "who"
    # checks
    check: Final = "check"
    rule: Final = "rule"
    start: Final = "start"
    found: Final = "found"
    allowed: Final = "allowed"
    # counts and people
    recipients: Final = "recipients"
    variants: Final = "variants"
    approved: Final = "approved"
    withheld: Final = "withheld"
    first_product: Final = "first_product"
    last_purchase: Final = "last_purchase"
    loyalty: Final = "loyalty"
    fall_backs: Final = "fall_backs"


class Status(StrEnum):
    """Where a variant stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Writer(StrEnum):
    """Who wrote a text that is published."""

    TEMPLATE = "template"
    LANGUAGE_MODEL = "language_model"
    PERSON = "person"
