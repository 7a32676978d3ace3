"""What the pages of segments and audiences call columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ml.audiences.columns import Aud, Consent, Scheme
from ml.documents import Mark
from ml.words import Text, Words

SCHEMES: Final[Mapping[str, Words]] = {
    Scheme.BEHAVIOUR: Words("Behaviour", "行为分群"),
    Scheme.RFM: Words("RFM class", "RFM 类别"),
    Scheme.LIFECYCLE: Words("Life-cycle stage", "生命周期阶段"),
}
"""In the order in which they are shown."""
KINDS: Final[Mapping[str, Text]] = {
    "condition": Words("condition", "条件"),
    "affinity": Words("affinity", "亲和"),
    "look_alike": Words("look-alike", "相似扩展"),
}
CONSENTS: Final[Mapping[str, Mark]] = {
    Consent.GRANTED: Mark(Words("granted", "已授权"), "good"),
    Consent.ASSUMED: Mark(Words("assumed", "假定授权"), "watch"),
}
CHANGES: Final[Mapping[str, Mark]] = {
    "same": Mark(Words("as before", "延续"), "quiet"),
    "new": Mark(Words("new", "新出现"), "good"),
    "split": Mark(Words("split", "拆分而来"), "watch"),
    "merged": Mark(Words("merged", "合并而来"), "watch"),
}
YES_NO: Final[Mapping[str, Text]] = {"true": Words("yes", "是"), "false": Words("no", "否")}
NAME: Final = Words("Name", "名称")
SHOPPERS: Final = Words("Shoppers", "顾客数")
SHARE: Final = Words("Share", "占比")
SINCE_7: Final = Words("7 days before", "7 天前")
SINCE_28: Final = Words("28 days before", "28 天前")
CONSENT: Final = Words("Consent", "授权")
WHY: Final = Words("Why", "理由")
EVIDENCE: Final = Words("Evidence", "依据")
NOT_KNOWN: Final = "–"


def name_of(row: Mapping[str, Any]) -> Words:
    """The name of a tag, segment or audience, in both languages."""
    return Words(row[Aud.name_en], row[Aud.name_zh])


def count(number: int | None) -> str:
    """A number with its thousands apart; a dash where it is not known."""
    return NOT_KNOWN if number is None else f"{number:,}"


def share(part: float | None) -> str:
    """A share as people read it; a dash where it is not known."""
    return NOT_KNOWN if part is None else f"{part:.1%}"


def moved(now: int | None, before: int | None) -> str:
    """By how many a size has changed, with its sign; a dash where either is not known."""
    return NOT_KNOWN if now is None or before is None else f"{now - before:+,}"


def consent_text(is_assumed: bool) -> Words:
    """What every page with members says of their consent."""
    if is_assumed:
        return Words(
            "Consent is assumed (`SHELDUCK_CONSENT=assumed`): nobody was asked; who has not refused counts as agreed. "
            "Ask before anything is sent.",
            "授权为假定（`SHELDUCK_CONSENT=assumed`）：并未征求同意，未拒绝的顾客视为同意。"
            "在顾客真正同意之前，请勿向其发送任何内容。",
        )
    return Words(
        "Members have granted consent for the audience's purpose.",
        "成员均已就该人群的用途授权。",
    )
