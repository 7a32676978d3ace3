"""The one list of the kinds of sources that ``shelduck adapt`` translates."""

from __future__ import annotations

from typing import Final

from ml.errors import LandingError
from ml.landing.adapters.ga4 import GA4
from ml.landing.adapters.kind import Kind
from ml.landing.adapters.movielens import MOVIELENS
from ml.landing.adapters.personalize import PERSONALIZE
from ml.landing.adapters.segment import SEGMENT
from ml.landing.adapters.shopify import SHOPIFY
from ml.landing.adapters.woocommerce import WOOCOMMERCE

KINDS: Final = (PERSONALIZE, GA4, SEGMENT, SHOPIFY, WOOCOMMERCE, MOVIELENS)


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        LandingError: there is none.
    """
    found = next((kind for kind in KINDS if kind.name == name), None)
    if found is None:
        raise LandingError(
            "KIND",
            expected=f"one of {', '.join(kind.name for kind in KINDS)}",
            found="another word",
            remedy="See: shelduck adapt --help",
        )
    return found
