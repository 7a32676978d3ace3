"""Words that no fact sheet supports, in English and in Chinese."""

from __future__ import annotations

from typing import Final

CLAIMS: Final = {
    "an unproven superlative": (
        (
            "the best coffee in town",
            "the finest beans",
            "our most popular range",
            "the No. 1 choice",
            "an unbeatable range",
            "better than any other",
        ),
        ("全国最好的咖啡", "第一品牌", "顶级品质", "行业领先", "独一无二的味道", "史无前例的体验"),
    ),
    "an unproven price claim": (
        (
            "the cheapest price",
            "the lowest prices ever",
            "a free gift for you",
            "never cheaper",
            "a price match",
            "our money-back promise",
        ),
        ("全网最低价", "免费试用", "骨折价", "买贵退差", "成本价", "最便宜的价格"),
    ),
    "an unproven medical claim": (
        (
            "clinically proven results",
            "a cure for headaches",
            "a boost for your immune system",
            "doctor-recommended quality",
            "lower blood pressure",
            "what detox means",
        ),
        ("临床验证的效果", "治疗失眠", "增强免疫力", "降血压", "医生推荐", "减肥必备"),
    ),
    "an unproven environmental claim": (
        (
            "carbon neutral delivery",
            "eco-friendly boxes",
            "sustainable fishing",
            "zero waste",
            "biodegradable bags",
            "all-natural taste",
        ),
        ("碳中和配送", "环保包装", "可持续渔业", "零排放", "纯天然", "绿色食品"),
    ),
    "an unproven scarcity": (
        ("your last chance", "a limited edition", "what is almost gone"),
        ("最后机会", "数量有限", "即将售罄"),
    ),
}
PERSONAL: Final = (
    *("anna.lee@mail.example", "+1 415 555 0132", "13912345678", "4111 1111 1111 1111", "11010519491231002X"),
    *("192.168.10.24", "021-5555-0199-22", "a81f00c2b94de117"),
)
BANNED: Final = (("This crap is good.", "Only idiots miss it."), ("白痴才会错过。", "发票代开请联系。"))
FOREIGN: Final = (
    "Profitez de nos offres pour vous et votre famille dans la boutique.",
    "Die Angebote sind für Sie und Ihre Familie mit Liebe ausgesucht.",
    "这是给您的好消息，欢迎来店里看看。",
)
HIDDEN: Final = ("\u200b", "\u200d", "\u2060", "\u202e", "\u00ad", "\ufeff", "\u0336")
DISGUISED: Final = (
    *(
        "9О%",
        "９５％",
        "&#57;5%",
        "&amp;#57;5%",
        "𝟵𝟱%",
        "⁹⁵%",
        "９5percent",
        "ninety-five percent",
        "95٪",
        "٩٥%",
        "9 5 %",
        "95 pct",
        "9️⃣5️⃣%",
    ),
)
