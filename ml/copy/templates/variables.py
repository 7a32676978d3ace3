"""What a template may say: the facts of a sheet in words, by name; a fact that the sheet lacks has no name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ml.copy import wording
from ml.text.facts import FactSheet, Product

_MOST_NAMES: Final = 3
_MOST_LINES: Final = 8


def variables(sheet: FactSheet, occasion: str) -> dict[str, str]:
    """The facts of a sheet in its language.

    ``offer`` is on everything, ``covered`` names what it is on (not where it is on an order), ``deal`` is an offer on
    one product; the same with a capital begins a sentence. ``pick`` is a product with its price, ``lines`` a line per
    product with all that is known of it, ``short_lines`` with the price alone. ``link`` is the part's: see ``compose``.
    """
    names = [product.names[0] for product in sheet.products]
    found = {
        "shop": sheet.senders[0] if sheet.senders else "",
        "occasion": occasion,
        "offer": _offer(sheet),
        "until": _until(sheet),
        "code": sheet.codes[0] if sheet.codes else "",
        "claim": sheet.claims[0].texts[0] if sheet.claims else "",
        "first": names[0],
        "names": _joined(names[:_MOST_NAMES], sheet, "and", "和"),
        "either": _joined(names[:_MOST_NAMES], sheet, "or", "还是") if len(names) > 1 else "",
        "lines": "\n".join(_line(product, sheet) for product in sheet.products[:_MOST_LINES]),
        "short_lines": "\n".join(_short_line(product, sheet) for product in sheet.products[:_MOST_LINES]),
        "pick": next((_priced(each, sheet) for each in sheet.products if each.price), ""),
        "deal": next((told for each in sheet.products if (told := _deal(each, sheet))), ""),
    }
    if found["offer"] and not sheet.spends and len(names) <= _MOST_NAMES:
        found["covered"] = found["names"]
    found |= {name.capitalize(): _capital(found[name]) for name in ("offer", "until", "deal")}
    return {name: value for name, value in found.items() if value}


def _offer(sheet: FactSheet) -> str:
    language = sheet.language
    percent = wording.percent(sheet.percents_off[0], language) if sheet.percents_off else ""
    if sheet.spends:
        return wording.spend(sheet.spends[0], language)
    if percent:
        return percent if language == "en" else _given(percent)
    if sheet.amounts_off:
        return wording.off(sheet.amounts_off[0], language)
    return wording.pieces(sheet.multi_buys[0], language) if sheet.multi_buys else ""


def _given(percent: str) -> str:
    """享8折优惠; what begins with a verb has one."""
    return percent if percent.startswith("立") else f"享{percent}优惠"


def _until(sheet: FactSheet) -> str:
    """Until the last day where the offer has begun when the text is read, else from the first to the last."""
    if not sheet.periods:
        return ""
    start, end = sheet.periods[0].start, sheet.periods[0].end
    has_begun = start is None or (sheet.sent_on is not None and start <= sheet.sent_on)
    is_english = sheet.language == "en"
    if end is None:
        first = "" if start is None or has_begun else wording.day(start, sheet)
        return first and (f"from {first}" if is_english else f"{first}起")
    last = wording.day(end, sheet)
    if has_begun or start is None:
        return f"until {last}" if is_english else f"截至{last}"
    if start == end:
        return f"on {last}" if is_english else f"仅限{last}"
    first = wording.day(start, sheet)
    return f"from {first} to {last}" if is_english else f"{first}至{last}"


def _deal(product: Product, sheet: FactSheet) -> str:
    name = product.names[0]
    if product.percent_off is not None:
        percent = wording.percent(product.percent_off, sheet.language)
        return f"{percent} {name}" if sheet.language == "en" else f"{name}{_given(percent)}"
    if product.multi_buy:
        told = wording.pieces(product.multi_buy, sheet.language)
        return f"{name}: {told}" if sheet.language == "en" else f"{name}{told}"
    return ""


def _priced(product: Product, sheet: FactSheet) -> str:
    if product.price is None:
        return ""
    price = wording.price(product.price, sheet.language)
    return f"{product.names[0]} for {price}" if sheet.language == "en" else f"{product.names[0]}，{price}"


def _short_line(product: Product, sheet: FactSheet) -> str:
    if product.price is None:
        return f"• {product.names[0]}"
    colon = ": " if sheet.language == "en" else "："
    return f"• {product.names[0]}{colon}{wording.price(product.price, sheet.language)}"


def _line(product: Product, sheet: FactSheet) -> str:
    is_english = sheet.language == "en"
    told = list(_known(product, sheet))
    size = next((wording.quantity(each, sheet.language) for each in product.quantities), "")
    if size and any(each.isdigit() for each in product.names[0]):
        size = ""  # the name tells it
    name = (
        product.names[0]
        if not size
        else f"{product.names[0]}, {size}"
        if is_english
        else f"{product.names[0]}（{size}）"
    )
    if not told:
        return f"• {name}"
    return f"• {name}: {', '.join(told)}" if is_english else f"• {name}：{'，'.join(told)}"


def _known(product: Product, sheet: FactSheet) -> Iterator[str]:
    language = sheet.language
    if product.percent_off is not None:
        yield wording.percent(product.percent_off, language)
    if product.price and product.was:
        now, was = (wording.price(each, language) for each in (product.price, product.was))
        yield f"{now} (was {was})" if language == "en" else f"{now}（原价{was}）"
    elif product.price:
        yield wording.price(product.price, language)
    if product.unit_price:
        yield wording.unit_price(product.unit_price, language)
    if product.multi_buy:
        yield wording.pieces(product.multi_buy, language)


def _joined(names: list[str], sheet: FactSheet, last: str, last_zh: str) -> str:
    if len(names) == 1:
        return names[0]
    if sheet.language == "zh":
        return f"{'、'.join(names[:-1])}{last_zh}{names[-1]}"
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
