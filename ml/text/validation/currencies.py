"""What a sign or a word for a currency may mean."""

from __future__ import annotations

from typing import Final

_CURRENCIES: Final = {
    **dict.fromkeys(("$", "dollar", "buck"), "USD CAD AUD NZD HKD SGD"),
    **dict.fromkeys(("us$", "usd", "美元", "美金"), "USD"),
    **dict.fromkeys(("ca$", "c$", "cad"), "CAD"),
    **dict.fromkeys(("au$", "a$", "aud"), "AUD"),
    "nz$": "NZD",
    "s$": "SGD",
    **dict.fromkeys(("hk$", "hkd", "港币", "港元"), "HKD"),
    "¥": "CNY JPY",
    **dict.fromkeys(
        ("cn¥", "cny", "rmb", "yuan", "renminbi", "kuai", "元", "块", "块钱", "圆", "元人民币", "人民币"), "CNY"
    ),
    **dict.fromkeys(("yen", "jpy", "日元"), "JPY"),
    **dict.fromkeys(("€", "euro", "eur", "欧元"), "EUR"),
    **dict.fromkeys(("£", "pound", "quid", "gbp", "英镑"), "GBP"),
}

ANY: Final = frozenset(code for codes in _CURRENCIES.values() for code in codes.split())


def currencies_of(sign: str) -> frozenset[str]:
    """What a sign or a word for a currency may mean; a dollar sign alone is any dollar."""
    word = sign.lower().strip().replace("us dollar", "usd").replace("u.s. dollar", "usd")
    known = _CURRENCIES.get(word) or _CURRENCIES.get(word.rstrip("s"), "")
    return frozenset(known.split())
