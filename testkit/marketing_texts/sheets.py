"""Fact sheets drawn at random, and the names of a shop's other products."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from ml.text.facts import (
    Bundle,
    Claim,
    FactSheet,
    Money,
    MultiBuy,
    Period,
    Product,
    Quantity,
    Slot,
    Spend,
    UnitPrice,
)
from ml.text.validation.names import Catalogue
from ml.words import Language

NAMES: Final = (
    *(("Alpine Coffee", "高山咖啡豆"), ("Harvest Oat Biscuits", "丰收燕麦饼干"), ("Omega 3 Oil", "欧米伽3鱼油")),
    *(("7 Grain Bread", "七谷面包片"), ("Café Luna Espresso", "月亮意式浓缩"), ("Half & Half Cream", "半脱脂奶油")),
    *(("Old Mill Porridge", "老磨坊八宝粥"), ("Dark Chocolate 72%", "黑巧克力72%"), ("Riverside Honey", "百花蜂蜜")),
    *(("Twin Peaks Tea", "双峰红茶"), ("Salted Cashews XL", "盐焗腰果"), ("Mrs. Winter's Jam", "冬太太果酱")),
    *(("Lemon Dish Soap No. 5", "柠檬洗洁精5号"), ("Blue Bay Tuna", "蓝湾金枪鱼"), ("Sunny Farm Eggs", "阳光农场鸡蛋")),
)
"""Names in English and in Chinese, some with numbers, signs and words that state something elsewhere."""
BRANDS: Final = ("Nordlicht", "Casa Verde", "Hollow Oak", "三棵树", "小磨坊", "Best Foods")
OTHERS: Final = (
    *(
        ("Golden Ridge Coffee Beans", "金脊咖啡豆"),
        ("Velvet Cocoa Spread", "丝绒可可酱"),
        ("Pepper Jack", "辣味杰克奶酪"),
    ),
    *(
        ("Northern Light Vodka", "北方之光伏特加"),
        ("Crispy Seaweed Snack", "脆海苔零食"),
        ("Granny Smith Cider", "青苹果西打"),
    ),
)
"""Products that the shop sells too."""
OTHER_BRANDS: Final = ("Fernwick", "Quillbrook", "皇家农庄", "Zephyrine")
CATALOGUE: Final = Catalogue(
    [name for pair in (*NAMES, *OTHERS) for name in pair] + [f"Shelf Filler Product {number}" for number in range(300)],
    [*BRANDS, *OTHER_BRANDS],
)
CLAIMS: Final = (
    Claim(("free delivery", "包邮"), "delivery terms, section 2"),
    Claim(("award-winning", "获奖"), "tasting report of the spring"),
    Claim(("compostable packaging", "可降解包装"), "certificate of the packaging's maker"),
    Claim(("100% recycled paper", "百分百再生纸"), "certificate of the packaging's maker"),
)
CODES: Final = ("SPRING20", "WELCOME5", "TEA2026", "HONEY")
SHOP: Final = ("Corner Shop", "街角小店")
PERCENTS: Final = tuple(map(Decimal, (5, 10, 12.5, 15, 20, 22, 25, 30, 35, 40, 45, 50, 60, 65, 75)))
LABELS: Final = {"en": ("% cocoa", "% fruit", "% wool"), "zh": ("%可可", "%水果", "%羊毛")}
UNITS: Final = ("g", "ml", "capsules", "bottles", "hours")


def random_sheet(rng: Random, language: Language) -> FactSheet:
    """A sheet in which every kind of fact is there and products differ in every fact."""
    currency = rng.choice(("USD", "USD", "EUR", "CNY") if language == "en" else ("CNY", "CNY", "CNY", "USD"))
    start = date(2026, 1, 1) + timedelta(days=rng.randrange(360))
    period = Period(start, start + timedelta(days=rng.randrange(2, 25)))
    sent_on = start + timedelta(days=rng.randrange((period.end or start).toordinal() - start.toordinal()))
    percents = rng.sample(PERCENTS, 5)
    names = rng.sample(NAMES, 3)
    return FactSheet(
        language,
        "email_body",
        locale="en_US" if language == "en" else "zh_CN",
        products=tuple(_product(rng, names[at], at, currency, percents[at]) for at in range(3)),
        percents_off=(percents[3],),
        amounts_off=(Money(Decimal(rng.randrange(101, 140)), currency),),
        spends=(
            Spend(Money(Decimal(rng.randrange(150, 400)), currency), Money(Decimal(rng.randrange(140, 149)), currency)),
        ),
        quantities=(
            Quantity(Decimal(rng.randrange(120, 990)), "points"),
            Quantity(Decimal(rng.randrange(3, 30)), "stores"),
        ),
        periods=(period,),
        times=(time(rng.randrange(24), rng.choice((0, 0, 30))),),
        codes=(rng.choice(CODES),),
        links=(
            f"https://shop.example/p/{rng.randrange(999)}?utm_source=crm&utm_medium=email&utm_campaign=c{rng.randrange(99)}",
        ),
        claims=tuple(rng.sample(CLAIMS, 2)),
        slots=(Slot("first_name"),),
        senders=SHOP,
        others=("Spring Club", "春日会员"),
        sent_on=sent_on,
    )


def _product(rng: Random, names: tuple[str, str], at: int, currency: str, percent: Decimal) -> Product:
    # each product's amounts lie in a range of its own, so that no false amount is another's true one by chance
    base = (Decimal(3), Decimal(900), Decimal(1100))[at]
    price = base + Decimal(rng.randrange(100, 9000)) / 100
    if rng.random() < 0.3:
        price = Decimal(int(price))
    brand = rng.choice(BRANDS)
    measure = UNITS[rng.randrange(2)]
    return Product(
        names=(names[0], names[1]),
        brand=brand,
        price=Money(price, currency),
        was=Money(price + 2000 + rng.randrange(90) * 10 + at, currency),
        percent_off=percent,
        unit_price=UnitPrice(
            Money(Decimal(rng.randrange(120, 990)) / 100, currency),
            Quantity(Decimal(rng.choice((1, 100))), measure) if rng.random() < 0.6 else Quantity(Decimal(1), "kg"),
        ),
        quantities=(
            Quantity(Decimal(rng.randrange(31, 990)), UNITS[at]),
            *(Quantity(Decimal(51 + at), labels[at]) for labels in LABELS.values()),
        ),
        multi_buy=MultiBuy(*((2, 1), (3, 2), (4, 3))[at]),
        bundle=Bundle(at + 2, Money(Decimal(41 + 3 * rng.randrange(10) + at), currency)),
    )
