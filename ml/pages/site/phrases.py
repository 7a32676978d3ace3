"""Numbers and words that several pages of the platform show in the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote

from ml.documents import Link, Mark
from ml.messages import Tone
from ml.operations import calendar
from ml.words import Text, Words

TABLE: Final = Words("table", "表")
ROWS: Final = Words("rows", "行数")
DAY: Final = Words("day", "日期")
CAPABILITY: Final = Words("capability", "功能")
VERSION: Final = Words("version", "版本")
STATUS: Final = Words("status", "状态")
HASH: Final = Words("hash", "哈希")
_HASH: Final = 12
_STATUS: Final[dict[str, tuple[Words, Tone]]] = {
    calendar.FRESH: (Words("fresh", "最新"), "good"),
    calendar.STALE: (Words("stale", "过期"), "watch"),
    calendar.MISSING: (Words("missing", "未发布"), "quiet"),
    calendar.NO_FILES: (Words("no files", "无文件"), "quiet"),
    calendar.NOT_CLOSED: (Words("not closed", "未关闭"), "quiet"),
    calendar.RUNNING: (Words("running", "运行中"), "watch"),
    calendar.FAILED: (Words("failed", "失败"), "bad"),
}


def status(of_calendar: str) -> Mark | str:
    """A day's status in the calendar; empty where it has none."""
    if of_calendar not in _STATUS:
        return of_calendar
    return Mark(*_STATUS[of_calendar])


def status_words(of_calendar: str) -> Text:
    """The same as words."""
    return _STATUS[of_calendar][0] if of_calendar in _STATUS else of_calendar


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def short(digest: str) -> str:
    """So much of a hash as people compare."""
    return digest[:_HASH]


def run_link(text: Text, dag_id: str, run_id: str) -> Link | Text:
    """``text``, which leads to a run in the Airflow that serves the site."""
    return Link(text, f"airflow:dags/{dag_id}/runs/{quote(run_id, safe='')}") if run_id else text


def minute(stamp: str) -> str:
    """A moment of provenance to the minute, in UTC; as it is where it is none."""
    try:
        return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return stamp
