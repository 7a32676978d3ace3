"""What business rules may do, and what they may be about (``docs/rules.md``)."""

from __future__ import annotations

from typing import Final

from ml.tables import Col


class RuleType:
    """What a business rule does (``docs/rules.md``)."""

    exclude: Final = "exclude"
    min_price: Final = "min_price"
    consent: Final = "consent"
    cap: Final = "cap"
    pin: Final = "pin"
    promote: Final = "promote"
    fresh: Final = "fresh"
    diversity: Final = "diversity"
    fatigue: Final = "fatigue"
    explore: Final = "explore"


RULE_TYPES: Final = tuple(str(name) for kind, name in vars(RuleType).items() if not kind.startswith("_"))
PROMOTION: Final = "promotion"
"""The item_field of a rule about whatever the table promotions names."""
ITEM_FIELDS: Final = (Col.item_id, Col.item_brand, Col.item_category, Col.item_category2, Col.item_category3, PROMOTION)
SHOWN_DAYS: Final = (1, 7, 28)
"""The windows over which showings are counted."""
