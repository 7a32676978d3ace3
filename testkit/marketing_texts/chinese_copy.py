"""Sentences in Chinese, each of which states one kind of fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from ml.text.facts import FactSheet, Product
from testkit.marketing_texts import forms
from testkit.marketing_texts.numbers import chinese, figures, full_width

FILLERS: Final = (
    "一起享受春天的味道。",
    "一杯咖啡，一本好书，一个好心情。",
    "最近上新，欢迎选购。",
    "五香四溢，千万别错过。",
    "一日三餐，少不了它。",
    "我们为您精心挑选了一些新品。",
    "三明治配红茶，十分合适。",
    "香气四溢，口感十足，一定会喜欢。",
    "百搭又方便，送给家人和朋友吧😀。",
    "半路遇到好味道，不如带回家。",
    "统一配送，一直陪伴您。",
    "第一次来？街角小店欢迎您。",
    "万一不合适，可以再来换一份。",
)
_UNITS: Final = {"g": "克", "ml": "毫升", "capsules": "粒", "bottles": "瓶", "hours": "小时", "kg": "公斤"}


def sentence(kind: str, sheet: FactSheet, at: int, rng: Random) -> str:
    """A sentence of ``kind`` about the sheet's product number ``at``."""
    return SENTENCES[kind](sheet, sheet.products[at], rng)


def _percent(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.percent_off is not None
    off, name = product.percent_off, product.names[1]
    choices = [f"{name}{rng.choice(('', '打', '低至', '现享'))}{forms.zhe(rng, off)}。" for _ in range(4)]
    choices += [
        f"{name}立减{forms.percent_in_chinese(rng, off)}。",
        f"{name}优惠{forms.percent_in_chinese(rng, off)}。",
    ]
    choices.append(f"{name}只付原价的{figures(100 - off)}%。")
    if off == 50:
        choices += [f"{name}半价。", f"{name}对折。", f"{name}五折起。"] * 2
    if off % 10 == 0:
        choices.append(f"{name}便宜{chinese(int(off) // 10)}成。")
    return rng.choice(choices)


def _price(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price
    price, name = forms.money_in_chinese(rng, product.price), product.names[1]
    return rng.choice((f"{name}只要{price}。", f"{name}现价{price}。", f"{price}带走{name}。", f"{name}：{price}。"))


def _was(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price and product.was
    price, was, name = (
        forms.money_in_chinese(rng, product.price),
        forms.money_in_chinese(rng, product.was),
        product.names[1],
    )
    return rng.choice(
        (f"{name}原价{was}，现价{price}。", f"{name}现在{price}（平时{was}）。", f"{name}原价{was}现仅{price}。")
    )


def _saving(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price and product.was
    saved = type(product.was)(product.was.amount - product.price.amount, product.was.currency)
    return f"{product.names[1]}{rng.choice(('立减', '直降', '立省', '便宜'))}{forms.money_in_chinese(rng, saved)}。"


def _unit_price(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.unit_price
    price, per = forms.money_in_chinese(rng, product.unit_price.price), product.unit_price.per
    amount = "" if per.amount == 1 else rng.choice((figures(per.amount), chinese(int(per.amount))))
    unit = _UNITS[per.unit]
    return rng.choice((f"{product.names[1]}每{amount}{unit}{price}。", f"{product.names[1]}{price}/{amount}{unit}。"))


def _quantity(_: FactSheet, product: Product, rng: Random) -> str:
    quantity = product.quantities[0]
    number = rng.choice((figures(quantity.amount), chinese(int(quantity.amount)), full_width(figures(quantity.amount))))
    return f"{product.names[1]}共{number}{_UNITS[quantity.unit]}。"


def _share(_: FactSheet, product: Product, rng: Random) -> str:
    share = product.quantities[2]
    return f"{product.names[1]}含{forms.percent_in_chinese(rng, share.amount)}{share.unit[1:]}。"


def _multi_buy(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.multi_buy
    take, pay = product.multi_buy.take, product.multi_buy.pay
    return product.names[1] + rng.choice(
        (f"买{chinese(pay)}送{chinese(take - pay)}。", f"买{pay}件送{take - pay}件。", f"买{pay}赠{take - pay}。")
    )


def _bundle(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.bundle
    amount, take = figures(product.bundle.price.amount), product.bundle.take
    if product.bundle.price.currency != "CNY":
        return f"{product.names[1]}{take}件{amount}{rng.choice(('美元', '美金'))}。"
    return f"{product.names[1]}{rng.choice((f'任选{take}', f'任选{chinese(take)}', str(take)))}件{amount}元。"


def _spend(sheet: FactSheet, _: Product, rng: Random) -> str:
    spend = sheet.spends[0]
    assert spend.off
    over, off = spend.over.amount, spend.off.amount
    if spend.over.currency != "CNY":
        return f"消费满{over}美元，立减{off}美元。"
    return rng.choice(
        (f"满{over}元减{off}元。", f"消费满{chinese(int(over))}元立减{chinese(int(off))}元。", f"每满¥{over}减¥{off}。")
    )


def _brief(sheet: FactSheet, _: Product, rng: Random) -> str:
    return rng.choice(("会员专享{}。", "凭此短信{}。")).format(forms.zhe(rng, sheet.percents_off[0]))


def _count(sheet: FactSheet, _: Product, rng: Random) -> str:
    points, stores = sheet.quantities
    return rng.choice(
        (
            f"您有{figures(points.amount)}积分。",
            f"{chinese(int(stores.amount))}家门店同步开启。",
            "为您挑选了三款好物。",
        )
    )


def _end(sheet: FactSheet, _: Product, rng: Random) -> str:
    end, sent = sheet.periods[0].end, sheet.sent_on
    assert end and sent
    day = forms.day_in_chinese(rng, end)
    choices = [f"活动截至{day}。", f"{day}截止。", f"有效期至{day}。"]
    return rng.choice([*choices, *(["活动明天截止。"] * 3 if sent + timedelta(days=1) == end else [])])


def _start(sheet: FactSheet, _: Product, rng: Random) -> str:
    assert sheet.periods[0].start
    return rng.choice(("{}起，门店见。", "活动{}开始。", "自{}起供应。")).format(
        forms.day_in_chinese(rng, sheet.periods[0].start)
    )


def _period(sheet: FactSheet, _: Product, rng: Random) -> str:
    start, end = sheet.periods[0].start, sheet.periods[0].end
    assert start and end
    return f"活动时间：{forms.days_in_chinese(rng, start, end)}。"


def _time(sheet: FactSheet, _: Product, rng: Random) -> str:
    return f"{forms.clock(rng, sheet.times[0], 'zh')}开门迎客。"


def _link(sheet: FactSheet, _: Product, rng: Random) -> str:
    return rng.choice(("点击 {} 查看。", "详情：{} 。", "立即选购（{}）。")).format(sheet.links[0])


def _code(sheet: FactSheet, _: Product, rng: Random) -> str:
    return rng.choice(("结算时输入优惠码{}。", "口令：{}。")).format(sheet.codes[0])


def _claim(sheet: FactSheet, _: Product, rng: Random) -> str:
    return f"我们的服务：{rng.choice(sheet.claims).texts[1]}。"


def _brand(_: FactSheet, product: Product, rng: Random) -> str:
    return rng.choice((f"{product.brand}新品：{product.names[1]}。", f"来自{product.brand}的《{product.names[1]}》。"))


def _greeting(_: FactSheet, __: Product, rng: Random) -> str:
    return rng.choice(
        ("{first_name}，您好！", "亲爱的{first_name}，好久不见。", "亲爱的会员，我们想您了。", "朋友们，早安。")
    )


def _filler(_: FactSheet, __: Product, rng: Random) -> str:
    return rng.choice(FILLERS)


SENTENCES: Final[dict[str, Callable[[FactSheet, Product, Random], str]]] = {
    "percent": _percent,
    "price": _price,
    "was": _was,
    "saving": _saving,
    "unit_price": _unit_price,
    "quantity": _quantity,
    "share": _share,
    "multi_buy": _multi_buy,
    "bundle": _bundle,
    "spend": _spend,
    "brief": _brief,
    "count": _count,
    "end": _end,
    "start": _start,
    "period": _period,
    "time": _time,
    "link": _link,
    "code": _code,
    "claim": _claim,
    "brand": _brand,
    "greeting": _greeting,
    "filler": _filler,
}
