"""What single sentences state, in English and Chinese: true ones pass, false ones have a finding of the right rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from ml.text.facts import Claim, FactSheet, Money, MultiBuy, Period, Product, Quantity, Slot, Spend, UnitPrice
from ml.text.validation.check import Validator, validate
from ml.words import Language


def _sheet(language: Language, currency: str) -> FactSheet:
    def money(amount: str) -> Money:
        return Money(Decimal(amount), currency)

    coffee = Product(
        ("Alpine Coffee", "高山咖啡"),
        "Nordlicht",
        money("9.60"),
        money("12"),
        Decimal(20),
        UnitPrice(money("1.92"), Quantity(Decimal(100), "g")),
        (Quantity(Decimal(500), "g"),),
    )
    oil = Product(
        ("Omega 3 Oil", "欧米伽鱼油"),
        price=money("1299.00"),
        quantities=(Quantity(Decimal(60), "capsules"), Quantity(Decimal(2100), "people")),
        multi_buy=MultiBuy(2, 1),
    )
    return FactSheet(
        language,
        "email_body",
        "en_US" if language == "en" else "zh_CN",
        products=(coffee, oil),
        periods=(Period(date(2026, 6, 3), date(2026, 6, 9)),),
        links=("https://shop.example/x?utm_source=mail",),
        claims=(Claim(("free delivery", "包邮"), "terms"),),
        slots=(Slot("first_name"),),
        spends=(Spend(money("30"), money("5")),),
        times=(time(20),),
        codes=("SPRING20",),
        sent_on=date(2026, 6, 8),
    )


EN, ZH = _sheet("en", "USD"), _sheet("zh", "CNY")
TRUE = {
    "en": (
        *(
            "Your favourite coffee is 20% off.",
            "A fifth off Alpine Coffee.",
            "Alpine Coffee: -20%.",
            "Pay 80% of the usual price.",
        ),
        *(
            "Get 20 % off Alpine Coffee – that's $9.60 instead of $12.",
            "Nearly $10 for Alpine Coffee.",
            "About $1,300: Omega 3 Oil.",
        ),
        *(
            "Alpine Coffee and Omega 3 Oil are $9.60 and $1,299.",
            "US$1.299,00 for Omega 3 Oil.",
            "Alpine Coffee, $1.92 per 100g.",
        ),
        *("Alpine Coffee is 0.5 kg.", "Buy one Omega 3 Oil, get one free.", "Omega 3 Oil: 2 for 1."),
        *(
            "Offer valid June 3rd through 9th, 2026.",
            "It ends on Tuesday, June 9.",
            "Order by Tuesday!",
            "It ends tomorrow at 8 pm.",
        ),
        *(
            "Over 2,000 people like Omega 3 Oil.",
            "2,000+ people like Omega 3 Oil.",
            "Two picks for you.",
            "Free delivery for you.",
        ),
        *(
            "Hi {first_name}, use code SPRING20.",
            "Fresh Picks For You",
            "Spend $30, save $5.",
            "[Look](https://shop.example/x?utm_source=mail)",
        ),
    ),
    "zh": (
        *(
            "高山咖啡八折，6月3日至9日，限时优惠。",
            "打8折！高山咖啡只要9.6元。",
            "高山咖啡便宜两成。",
            "欧米伽鱼油买一送一，1299元。",
        ),
        *(
            "高山咖啡一斤装，原价12元，现价9.6元。",
            "活动最后一天：6月9日。",
            "明天截止，抓紧下单！",
            "高山咖啡直降2.4元。",
        ),
        *(
            "高山咖啡九元六角。",
            "６月９日前包邮。",
            "六月三号起，晚上八点见。",
            "满30减5。",
            "高山咖啡百分之二十优惠。",
            "欧米伽鱼油１，２９９元。",
        ),
    ),
}
FALSE = (
    *(
        ("en", text, "attribution")
        for text in ("Alpine Coffee and Omega 3 Oil are $1,299 and $9.60.", "2 for 1 on Alpine Coffee.")
    ),
    *(
        ("en", text, "discount")
        for text in (
            "Over 20% off Alpine Coffee.",
            "Everything half price.",
            "Save a third on Alpine Coffee.",
            "Alpine Coffee: 1/3 off.",
            "20% more Alpine Coffee.",
            "Alpine Coffee, 20% caffeine.",
            "Now -25%.",
            "twenty-five per cent off",
            "up to 70% off",
            "Take ¼ off.",
        )
    ),
    *(
        ("en", text, "price")
        for text in (
            "Only $96.0 for Alpine Coffee.",
            "Was $9.60, now $12: Alpine Coffee.",
            "Alpine Coffee for €9.60.",
            "$9.60 per kg Alpine Coffee.",
            "Alpine Coffee for $.99.",
            "Alpine Coffee, nine dollars and sixty-one cents.",
            "About $10.50 for Alpine Coffee.",
        )
    ),
    *(
        ("en", text, "offer")
        for text in ("3 for 2 on Omega 3 Oil.", "Get 3 for the price of 1.", "Buy two, get two free.")
    ),
    *(
        ("en", text, "date")
        for text in (
            "It ends June 8.",
            "It ends on June 3.",
            "It starts June 9.",
            "Until Wednesday, June 9.",
            "June 3-8.",
            "It ends today.",
            "At 9 pm.",
            "Until the end of the month.",
        )
    ),
    *(
        ("en", text, "quantity")
        for text in ("Delivered in 24h.", "70 capsules.", "Rated 4.9/5.", "Our tenth year.", "3,000+ people like it.")
    ),
    *(
        ("en", text, "claim")
        for text in (
            "A free gift.",
            "We're number one.",
            "The price has been halved.",
            "It is carbon neutral.",
            "Vegan and low fat.",
            "It is a steal.",
            "Shipping is free to all.",
            "Free from June 3.",
        )
    ),
    *(
        ("en", text, "link")
        for text in (
            "https://shop.example/x",
            "https://shop.example/x?utm_source=mail&a=1",
            "shop-example.com",
            "Follow @cornershop.",
        )
    ),
    *(
        ("zh", text, "discount")
        for text in (
            "高山咖啡七折。",
            "第二件半价。",
            "全场5折起。",
            "百分之三十优惠。",
            "高山咖啡7.9折。",
            "便宜三成。",
        )
    ),
    *(
        ("zh", text, "price")
        for text in (
            "高山咖啡省5元。",
            "高山咖啡9.6美元。",
            "仅需一元。",
            "高山咖啡，12元。",
            "欧米伽鱼油１，２９８元。",
        )
    ),
    *(("zh", text, "offer") for text in ("买二送一。", "欧米伽鱼油买3送1。")),
    *(
        ("zh", text, "date")
        for text in (
            "六月十日截止。",
            "6月3日截止。",
            "6月9日起。",
            "6月9日（周三）截止。",
            "今天截止。",
            "下午一点见。",
        )
    ),
    *(("zh", text, "quantity") for text in ("新品，2倍快乐。", "已售100万+。", "三分钟就好。", "十一家门店。")),
    *(
        ("zh", text, "claim")
        for text in ("销量第一。", "全网最低。", "独一无二。", "打骨折了。", "纯天然。", "治疗失眠。")
    ),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_true_sentences_pass(language: str) -> None:
    refused = {
        text: verdict.reason
        for text in TRUE[language]
        if not (verdict := validate(text, {"en": EN, "zh": ZH}[language])).passed
    }
    assert refused == {}


def test_false_sentences_have_a_finding_of_the_rule_that_they_break() -> None:
    sheets = {"en": EN, "zh": ZH}
    rules = {
        text: {finding.rule for finding in validate(text, sheets[language]).findings} for language, text, _ in FALSE
    }
    assert [(text, rule, rules[text]) for _, text, rule in FALSE if rule not in rules[text]] == []


def test_texts_that_people_wrote_pass_or_not_whatever_the_rule() -> None:
    texts = yaml.safe_load((Path(__file__).parent / "hand_written.yaml").read_text("utf-8"))
    assert len(texts["true_en"] + texts["true_zh"]) > 30 and len(texts["false_en"] + texts["false_zh"]) > 150
    for language, sheet in (("en", EN), ("zh", ZH)):
        assert [text for text in texts[f"true_{language}"] if not validate(text, sheet).passed] == []
        assert [text for text in texts[f"false_{language}"] if validate(text, sheet).passed] == []


def test_a_finding_names_its_place_in_the_text_as_written_and_what_is_allowed() -> None:
    text = "Ｎew: &#52;0％\u200b off Alpine Coffee."
    found = {finding.rule: finding for finding in validate(text, EN).findings}
    discount = found["discount"]
    assert text[discount.start : discount.end] == discount.found == "&#52;0％"[: len(discount.found)]
    assert discount.start == 5 and discount.allowed == ("20",)
    assert found["hidden character"].found == "U+200B" and text[found["hidden character"].start] == "\u200b"


def test_today_needs_a_day_on_which_the_text_is_read() -> None:
    assert validate("Come by today.", EN).passed
    unknown = FactSheet("en", "email_body", periods=EN.periods)
    assert [finding.rule for finding in validate("Come by today.", unknown).findings] == ["date"]


def test_a_validator_of_another_part_of_the_same_facts_judges_as_one_that_is_made_for_it() -> None:
    body = FactSheet("en", "email_body", percents_off=(Decimal(20),), links=("https://a.example/1",))
    headline = replace(body, channel="ad_headline", links=(), slots=(Slot("loyalty"),))
    other = replace(headline, percents_off=(Decimal(30),))
    prepared = Validator(body)
    for sheet in (body, headline, other):
        for text in (
            "20% off",
            "30% off",
            "https://a.example/1",
            "{loyalty}",
            "a headline that is much too long for it",
        ):
            assert prepared.of_part(sheet).validate(text) == Validator(sheet).validate(text)
    assert prepared.of_part(headline).facts is prepared.facts and prepared.of_part(other).facts is not prepared.facts
