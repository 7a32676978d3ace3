"""Purchases that no text mentions: what they tell of a shopper's health, body, family or habits is nobody's business.

Patterns, one a line, looked for in a product's name and categories, whatever the case; extended by a line. What matches
too much costs a message its personal touch, what matches too little embarrasses somebody: so they are broad.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_WORDS: Final = r"""
analgesic|pain relie|painkill|aspirin|ibuprofen|paracetamol|acetaminophen
antacid|laxative|diarrh|hemorrhoid|haemorrhoid|digestive aid|incontinence|adult (?:care|diaper|brief)
cold (?:and|&) flu|cold remed|cough|sinus|allerg|asthma|insulin|diabet|blood (?:pressure|sugar)
pharmac|medicin|medicat|\bmeds?\b|prescription|\brx\b|drug store|health care|home health|first aid|convalescent
vitamin|supplement|dietary aid|diet(?:ing)? (?:aid|pill|control|cntrl)|fitness ?& ?diet|weight|slim
eye and ear|eye care|ear care|vision aid|hearing|foot care|lice\b|wart
acne|eczema|psoriasis|fungal|hair (?:loss|regrowth)
family planning|contracept|condom|lubricant|pregnan|ovulation|fertility|sexual|intimate|adult toy
feminine|sanitary (?:pad|napkin|towel)|tampon|menstru|menopaus
diaper|infant formula|newborn|baby (?:food|care|formula|wipe|hbc|accessor)|feeding accessor
smoking|tobacco|cigar|nicotine|vape|e-liquid
liquor|spirits|vodka|whisk|\brum\b|\bgin\b|lottery|gambl
药|感冒|止痛|退烧|过敏|糖尿|血压|血糖|便秘|腹泻|痔疮|失禁|医疗|保健品|维生素|减肥|瘦身
避孕|安全套|验孕|备孕|情趣|卫生巾|卫生棉|月经|更年期|尿不湿|纸尿裤|香烟|卷烟|雪茄|电子烟|戒烟|白酒|烈酒|彩票
"""
PATTERN: Final = "(?i)" + "|".join(_WORDS.strip().splitlines())


def is_private(*columns: str) -> pl.Expr:
    """Whether any of these columns of names and categories holds what a text must not say that somebody bought."""
    return pl.any_horizontal(pl.col(name).fill_null("").str.contains(PATTERN) for name in columns)
