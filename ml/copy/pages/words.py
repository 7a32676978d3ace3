"""What the page Copy calls columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ml.copy.columns import Copy, Status, Writer
from ml.copy.landed import APPROVE, EDIT, REJECT
from ml.documents import Mark
from ml.messages import Label, Tone
from ml.words import Text, Words

LANGUAGES_NAMED: Final[Mapping[str, Words]] = {"en": Words("English", "英文"), "zh": Words("Chinese", "中文")}
CHANNELS: Final[Mapping[str, Words]] = {
    "email": Words("E-mail", "电子邮件"),
    "push": Words("Push message", "推送"),
    "sms": Words("SMS", "短信"),
    "ad": Words("Advertisement", "广告"),
    "banner": Words("Web banner", "网页横幅"),
}
PARTS_NAMED: Final[Mapping[str, Words]] = {
    "email_subject": Words("subject", "主题"),
    "email_preheader": Words("preheader", "预览文字"),
    "email_body": Words("body", "正文"),
    "push": CHANNELS["push"],
    "sms": CHANNELS["sms"],
    "ad_headline": Words("headline", "标题"),
    "ad_description": Words("description", "描述"),
    "banner": CHANNELS["banner"],
}
TONES: Final[Mapping[str, Words]] = {
    "plain": Words("plain", "平实"),
    "warm": Words("warm", "亲切"),
    "lively": Words("lively", "活泼"),
    "formal": Words("formal", "正式"),
}
WRITERS: Final[Mapping[str, Words]] = {
    Writer.TEMPLATE: Words("template", "模板"),
    Writer.LANGUAGE_MODEL: Words("language model", "语言模型"),
    Writer.PERSON: Words("person", "人工"),
}
_TONE: Final[Mapping[str, Tone]] = {Status.PROPOSED: "watch", Status.APPROVED: "good", Status.REJECTED: "bad"}
_STATUS: Final[Mapping[str, Words]] = {
    Status.PROPOSED: Words("waits for approval", "等待审批"),
    Status.APPROVED: Words("approved", "已批准"),
    Status.REJECTED: Words("rejected", "已拒绝"),
}
DECISIONS: Final[Mapping[str, Mark]] = {
    APPROVE: Mark(Words("approved", "批准"), "good"),
    EDIT: Mark(Words("edited", "修改"), "watch"),
    REJECT: Mark(Words("rejected", "拒绝"), "bad"),
}
FACTS: Final[Mapping[str, Words]] = {
    "product": Words("product", "商品"),
    "brand": Words("brand", "品牌"),
    "price": Words("price", "价格"),
    "former_price": Words("price before", "原价"),
    "discount": Words("discount", "折扣"),
    "offer": Words("offer", "优惠"),
    "threshold": Words("order from", "满额"),
    "quantity": Words("quantity", "规格"),
    "unit_price": Words("unit price", "单价"),
    "first_day": Words("first day", "开始日"),
    "last_day": Words("last day", "结束日"),
    "send_day": Words("sent on", "发送日"),
    "code": Words("code", "优惠码"),
    "occasion": Words("occasion", "主题活动"),
    "other_name": Words("other name", "其他名称"),
    "claim": Words("claim", "宣传语"),
    "sender": Words("sender", "发送方"),
    "contact": Words("contact", "联系方式"),
    "link": Words("link", "链接"),
}
RULES: Final[Mapping[str, str]] = {
    "price": "价格", "discount": "折扣", "offer": "优惠", "date": "日期", "quantity": "数量", "number": "数字",
    "product": "商品", "brand": "品牌", "name": "名称", "link": "链接", "code": "优惠码", "slot": "占位符",
    "claim": "宣传语", "banned": "禁用词", "length": "长度", "language": "语言", "readability": "可读性",
    "personal data": "个人信息", "hidden character": "隐藏字符", "script": "文字系统", "markup": "标记",
    "instruction": "指令", "attribution": "归属", "duplicate": "重复",
}  # fmt: skip
"""By rule of the validator, which is English, its Chinese name."""
WHO: Final = Words("Written by", "撰写者")
LANGUAGE: Final = Words("Language", "语言")
CHANNEL: Final = Words("Channel", "渠道")
VARIANT: Final = Words("Variant", "版本")
PART: Final = Words("Part", "部分")
NOT_KNOWN: Final = "–"


def called(names: Mapping[str, Words], value: str | None) -> Text:
    """What a value is called; itself where it has no other name, a dash where there is none."""
    return NOT_KNOWN if value is None else names.get(value, value)


def rule(name: str) -> Words:
    """What a rule of the validator is called."""
    return Words(name, RULES.get(name, name))


def status(value: str) -> Label:
    """Where a variant stands."""
    return Label(_STATUS.get(value, Words(value, value)), _TONE.get(value, "quiet"))


def variant(number: int) -> Words:
    """A variant by its arm."""
    return Words(f"Variant {number}", f"版本 {number}")


def title(brief: Mapping[str, Any]) -> str:
    """What people call a brief."""
    return str(brief[Copy.name] or brief[Copy.brief_id])


def period(brief: Mapping[str, Any]) -> Words | str:
    """From when to when its offer holds."""
    start, end = brief[Copy.start_date], brief[Copy.end_date]
    if start and end:
        return f"{start}" if start == end else Words(f"{start} to {end}", f"{start} 至 {end}")
    if start or end:
        return Words(f"from {start}", f"{start} 起") if start else Words(f"until {end}", f"截至 {end}")
    return Words("no period", "无期限")
