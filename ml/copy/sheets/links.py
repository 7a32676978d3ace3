"""Links with campaign parameters, by which a shop's analytics tell channels and variants apart."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from ml.copy.request import Channel

_CAMPAIGN: Final = "utm_"
_SOURCES: Final[dict[Channel, tuple[str, str]]] = {
    "email": ("crm", "email"),
    "push": ("crm", "push"),
    "sms": ("crm", "sms"),
    "ad": ("ads", "cpc"),
    "banner": ("site", "banner"),
}
"""``utm_source`` and ``utm_medium`` by channel."""


def is_page(link: str) -> bool:
    """Whether a link is the whole address of a page: a browser that cannot read it leads nobody there."""
    try:
        parts = urlsplit(link)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and link.startswith(f"{parts.scheme}://")


def tracked(link: str, brief_id: str, channel: Channel, arm: int) -> str:
    """``link`` with the campaign's parameters; its own ones are kept, but for others of a campaign."""
    parts = urlsplit(link)
    source, medium = _SOURCES[channel]
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_CAMPAIGN)]
    campaign = [("source", source), ("medium", medium), ("campaign", brief_id), ("content", str(arm))]
    query = urlencode([*own, *((f"{_CAMPAIGN}{name}", value) for name, value in campaign)], quote_via=quote)
    return urlunsplit(parts._replace(query=query))
