"""The published tables of ``copy``."""

from __future__ import annotations

from typing import Final

from ml.copy.columns import Copy
from ml.tables import Col, Column, Kind, Table

_TEXT, _COUNT, _RANK, _FLAG = Kind.TEXT, Kind.COUNT, Kind.RANK, Kind.FLAG
_BRIEF: Final = Column(Copy.brief_id, _TEXT, "Name of the brief.")
_LANGUAGE: Final = Column(Copy.language, _TEXT, "Language of the texts: en or zh.")
_CHANNEL: Final = Column(Copy.channel, _TEXT, "Where it is read: email, push, sms, ad or banner.")
_ARM: Final = Column(Copy.arm, _RANK, "Which variant, from 1; an experiment compares them.", "variants")
_PART: Final = Column(Copy.part, _TEXT, "Which part of the channel, such as email_subject.")
_VARIANTS: Final = "variants"

COPY_BRIEF: Final = Table(
    "copy_brief",
    (Copy.brief_id,),
    (
        _BRIEF,
        Column(Copy.name, _TEXT, "What people read."),
        Column(Copy.audience_id, _TEXT, "The audience that it is written for; null for everybody."),
        Column(
            Copy.placement, _TEXT, "Which list of the shop it is, such as for_you; docs/placements.md describes them."
        ),
        Column(Copy.tone, _TEXT, "How it sounds."),
        Column(Copy.occasion, _TEXT, "What it is about, in English; null where nothing was said."),
        Column(Copy.occasion_zh, _TEXT, "What it is about, in Chinese; null where nothing was said."),
        Column(Copy.start_date, Kind.DAY, "First day of the offer; null where it is open."),
        Column(Copy.end_date, Kind.DAY, "Last day of the offer, included; null where it is open."),
        Column(Copy.send_date, Kind.DAY, "Day on which the texts are read; null where none was said."),
        Column(Copy.item_ids, Kind.TEXTS, "Products that the texts may name, in their order."),
        Column(Copy.left_out, Kind.TEXTS, "Products that the brief names and no text does, each with the reason."),
        Column(Copy.variants, _COUNT, "Variants that were written, of all languages and channels.", _VARIANTS),
        Column(Copy.approved, _COUNT, "Variants that a person approved.", _VARIANTS),
        Column(Copy.recipients, _COUNT, "Shoppers of the audience; null where it is not published.", "shoppers"),
        Column(Copy.withheld, _TEXT, "Why nothing was written; empty where something was."),
    ),
    description="One row per brief that is switched on: what is wanted, about which products (of the placement's "
    "lists, unless the brief names them), and how far it is.",
)
COPY_FACT: Final = Table(
    "copy_fact",
    (Copy.brief_id, Copy.language, Copy.fact),
    (
        _BRIEF,
        _LANGUAGE,
        Column(Copy.fact, _RANK, "Position of the fact in the sheet.", "place, from 1"),
        Column(Copy.kind, _TEXT, "What is stated, such as product, price, discount, date, claim or link."),
        Column(Col.item_id, _TEXT, "Id of the item, as in the catalogue."),
        Column(Copy.value, _TEXT, "The fact, as people read it."),
        Column(Copy.source, _TEXT, "Table and column that it comes from."),
    ),
    description="One row per brief, language and fact: all that its texts may state; without an item it holds for all.",
)
COPY_VARIANT: Final = Table(
    "copy_variant",
    (Copy.brief_id, Copy.language, Copy.channel, Copy.arm, Copy.part),
    (
        _BRIEF,
        _LANGUAGE,
        _CHANNEL,
        _ARM,
        _PART,
        Column(Copy.text, _TEXT, "The text; {slots} are filled per shopper from copy_recipient."),
        Column(Copy.writer, _TEXT, "Who wrote it: template, language_model or person."),
        Column(Copy.template_id, _TEXT, "The template; null where none was used."),
        Column(Copy.text_id, _TEXT, "The landed text of a language model; null where none was used."),
        Column(Copy.model, _TEXT, "The language model; null where none wrote it."),
        Column(Copy.reason, _TEXT, "Why it is not the text that was written first; empty where it is."),
        Column(Copy.characters, _COUNT, "Length of the text as readers count it.", "characters"),
        Column(Copy.status, _TEXT, "proposed, approved or rejected; the same for all parts of a variant."),
        Column(Copy.decided_by, _TEXT, "Who decided; null where nobody has."),
        Column(Copy.variant_hash, _TEXT, "Hash of the variant's texts, to which a decision is bound."),
        Column(Copy.sheet_id, _TEXT, "Hash of the fact sheet that it was checked against."),
    ),
    description="One row per brief, language, channel, arm and part: texts whose every fact was checked.",
)
COPY_CHECK: Final = Table(
    "copy_check",
    (Copy.brief_id, Copy.language, Copy.channel, Copy.arm, Copy.part, Copy.check),
    (
        _BRIEF,
        _LANGUAGE,
        _CHANNEL,
        _ARM,
        _PART,
        Column(Copy.check, _RANK, "Position of the finding.", "place, from 1"),
        Column(Copy.writer, _TEXT, "Who wrote the refused text: template, language_model or person."),
        Column(Copy.rule, _TEXT, "The rule that it broke."),
        Column(Copy.start, _COUNT, "Where in the refused text; null where it is about all of it.", "characters"),
        Column(Copy.found, _TEXT, "The words there."),
        Column(Copy.allowed, _TEXT, "What the fact sheet would have supported."),
    ),
    description="One row per finding in a text that was written and is not published.",
)
COPY_RECIPIENT: Final = Table(
    "copy_recipient",
    (Copy.brief_id, Col.user_id),
    (
        _BRIEF,
        Column(Col.user_id, _TEXT, "Id of the shopper, as landed (pseudonymous)."),
        Column(Copy.language, _TEXT, "Language of the variant that the shopper gets: en or zh."),
        _ARM,
        Column(Copy.first_product, _TEXT, "What fills {first_product}: a product of the brief on the shopper's list."),
        Column(Copy.last_purchase, _TEXT, "What fills {last_purchase}: a product that the shopper bought last."),
        Column(Copy.loyalty, _TEXT, "What fills {loyalty}: the shopper's life-cycle stage in words."),
        Column(Copy.fall_backs, Kind.TEXTS, "Slots that hold the words for shoppers of whom nothing fitting is known."),
    ),
    description="One row per brief with an approved variant and shopper of its audience: arm and what fills the slots.",
    person=Col.user_id,
)
TABLES: Final = (COPY_BRIEF, COPY_FACT, COPY_VARIANT, COPY_CHECK, COPY_RECIPIENT)
