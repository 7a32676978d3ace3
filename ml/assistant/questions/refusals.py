"""Why a question is declined, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from ml.assistant.questions.matching import Declined, Why
from ml.assistant.questions.terms import EARLIER, EARLIER_DAYS
from ml.words import Language, Words, said

_TOLD: Final[Mapping[Why, Words]] = {
    Why.INSTRUCTION: Words(
        "This is an instruction or SQL, not a question about the published tables. For SQL there is `shelduck sql`.",
        "这是指令或SQL，不是关于已发布数据表的问题。SQL请用 `shelduck sql`。",
    ),
    Why.PERSONAL: Words(
        "Shoppers are known by id only: ask about one by id, such as shopper 1007, or about how many.",
        "顾客仅以编号出现：请按编号询问（如顾客1007），或询问人数。",
    ),
    Why.PROTECTED: Words(
        "Attributes such as gender, age, religion, origin or health are neither kept nor answered about.",
        "性别、年龄、宗教、民族、健康等属性既不保存也不回答。",
    ),
    Why.UNKNOWN: Words("No query answers this question as a whole", "没有查询能完整回答这个问题"),
    Why.AMBIGUOUS: Words("The question can mean several things", "这个问题可以有多种理解"),
    Why.NOT_PUBLISHED: Words(
        "The tables that would tell are not published, or are of different days",
        "所需的数据表尚未发布，或不属于同一天",
    ),
}


def told(declined: Declined, language: Language) -> str:
    """The reason in one or two sentences, and what to do about it where something helps."""
    text = said(_TOLD[declined.why], language)
    stop, comma, colon = ("。", "、", "：") if language == "zh" else (".", ", ", ": ")
    if not text.endswith(stop):
        text += f"{colon}{comma.join(declined.words)}{stop}" if declined.words else stop
    return f"{text} {said(declined.remedy, language)}" if declined.remedy else text


def to_publish(table: str, day: date) -> Words:
    """How a table that is missing is made."""
    command = f"shelduck run --as-of {day}"
    if table.startswith(f"{EARLIER}."):
        return Words(
            f"{EARLIER}.TABLE is the table as of {EARLIER_DAYS} days before. Run: {command}",
            f"{EARLIER}.表名 指{EARLIER_DAYS}天前的数据表。请运行: {command}",
        )
    return Words(f"Run: {command}", f"请运行: {command}")


def to_ask_of(day: date) -> Words:
    """How tables of one day are asked."""
    return Words(f"Ask again with --as-of {day}.", f"请加上 --as-of {day} 再问。")
