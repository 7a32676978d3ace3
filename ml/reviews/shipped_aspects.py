"""The aspects that Shelduck ships. Landed terms (``review_aspects``) join them, or switch single ones off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.text.language import CHINESE, ENGLISH
from ml.words import Words

NAMES: Final[Mapping[str, Words]] = {
    "price": Words("Price", "价格"),
    "quality": Words("Quality", "质量"),
    "taste": Words("Taste", "口味"),
    "size": Words("Size and fit", "尺寸"),
    "delivery": Words("Delivery", "物流"),
    "service": Words("Service", "服务"),
}
"""By aspect what people call it; an aspect of the shop's own is called by its id."""

_ENGLISH: Final[Mapping[str, str]] = {
    "price": "price, prices, priced, pricey, cheap, cheaper, cheapest, expensive, cost, costs, costly, overpriced,"
    " inexpensive, affordable, value, bargain, deal, money, dollar, dollars, worth, discount, budget, pay, paid",
    "quality": "quality, well made, well built, build, built, sturdy, solid, durable, durability, flimsy, broke,"
    " broken, breaks, defect, defective, defects, cracked, material, materials, workmanship, reliable, unreliable,"
    " faulty, fell apart, stopped working, does not work, doesn't work, poorly made, last long, lasted",
    "taste": "taste, tastes, tasted, tasty, tasteless, flavor, flavors, flavour, flavours, delicious, yummy, bland,"
    " sweet, salty, bitter, sour, stale, fresh, smell, smells, aroma, aftertaste",
    "size": "size, sizes, sized, sizing, small, smaller, large, larger, big, bigger, tiny, huge, bulky, compact, fit,"
    " fits, fitted, tight, loose, long, short, wide, narrow, heavy, light, lightweight, weight, weighs",
    "delivery": "delivery, deliver, delivered, deliveries, shipping, shipped, ship, shipment, arrive, arrived, arrives,"
    " courier, parcel, package, packaging, packaged, packed, box, late, tracking, on time",
    "service": "service, customer service, support, customer support, staff, seller, return, returned, returns, refund,"
    " refunded, refunds, warranty, replacement, exchange, exchanged, rude, helpful, response, responded, replied",
}
_CHINESE: Final[Mapping[str, str]] = {
    "price": "价格,价钱,价位,便宜,贵,性价比,划算,值得,不值,超值,物有所值,实惠,降价,涨价,打折,优惠,钱,元,块钱",
    "quality": "质量,品质,做工,材质,材料,耐用,结实,坏了,坏的,破损,破了,瑕疵,故障,正品,假货,盗版,印刷,"
    "纸张,手感,掉色,死机,次品",
    "taste": "味道,口味,口感,好吃,难吃,好喝,难喝,香味,太甜,太咸,苦味,新鲜,变质,发霉,异味,气味,清香",
    "size": "尺寸,尺码,大小,太大,太小,偏大,偏小,合身,合适,太长,太短,太紧,太松,重量,太重,轻便,小巧,厚度,号码",
    "delivery": "物流,快递,发货,送货,到货,配送,运费,包装,送到,收到货,速度,派送,延误,包裹",
    "service": "服务,客服,售后,态度,卖家,店家,退货,换货,退款,投诉,保修,维修,回复,服务员,前台",
}
TERMS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    language: {aspect: tuple(term.strip() for term in terms.split(",")) for aspect, terms in shipped.items()}
    for language, shipped in ((ENGLISH, _ENGLISH), (CHINESE, _CHINESE))
}
"""By language and aspect the terms that tell that a text is about it. English terms are whole words, Chinese ones
stand anywhere."""
