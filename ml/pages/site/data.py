"""Data: what arrived and what was refused, how features moved, which days are not of the files as they lie there."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, Final

from ml.charts.kinds import Bar, Point, bars, columns_over_time
from ml.documents import Cell, Chart, Figure, Link, Page, Section
from ml.operations.calendar import STALE, Day
from ml.pages.site import phrases
from ml.pages.site.drift import drifted_columns
from ml.pages.site.facts import Facts
from ml.words import Text, Words

NAME: Final = "data"
_CHARTS: Final = 6
"""Of landing tables, the largest ones."""
_LOW: Final = 110
"""Of a chart among several, in pixels."""
_DRIFTED: Final = 15
_FEAT: Final = "feat_"
_STALENESS: Final = Words(
    "A day is stale when a landing file up to it is new, changed or gone since it was published; "
    "`shelduck days --stale` prints what to run.",
    "若某天发布后，其之前的落地文件有新增、更改或删除，则该天过期；运行 `shelduck days --stale` 可查看处理命令。",
)
_CHANGES: Final = 4
_REFUSED: Final = Words("refused", "被拒绝")
_READ, _ACCEPTED = Words("records", "记录数"), Words("accepted", "已接受")
_REPEATED: Final = Words("repeated", "重复")
_RECORDS: Final = Words("records refused", "被拒绝的记录")


def page(facts: Facts) -> Page:
    """The page of the data behind a day."""
    return Page(
        NAME,
        Words("Data", "数据"),
        Words(
            "What the shop delivered, what was refused and why, and whether it still looks like itself.",
            "商店交付了哪些数据、哪些被拒绝及其原因，以及数据分布是否发生变化。",
        ),
        (_arrived(facts), _volumes(facts), _quarantine(facts), _drift(facts), _days(facts)),
    )


def _arrived(facts: Facts) -> Section:
    heading = Words("What arrived on the day", "当天到达的数据")
    report = facts.arrivals.get(facts.day)
    if report is None:
        gone = Words("The report of the day's arrivals is not kept any more.", "当天的到达报告已不再保留。")
        return Section(heading, gone, name="arrived")
    names = ("read", "accepted", "refused", "repeated")
    columns = (phrases.TABLE, _READ, _ACCEPTED, _REFUSED, _REPEATED)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (Link(str(table["table"]), "lineage.html#landing"), *(f"{table[name]:,}" for name in names))
        for table in report["tables"]
    )
    totals = {name: sum(int(table[name]) for table in report["tables"]) for name in names}
    figures = tuple(
        Figure(label, phrases.count(totals[name]), href="#quarantine" if name == "refused" else "")
        for label, name in zip(columns[1:], names, strict=True)
    )
    text = Words(
        "Every record is accepted or refused, and counted. A repeated record has the id of an earlier one.",
        "每条记录要么被接受，要么被拒绝，并全部计数。重复记录与先前记录的编号相同。",
    )
    return Section(heading, text, columns, rows, frozenset(columns[1:]), figures, name="arrived")


def _volumes(facts: Facts) -> Section:
    """Accepted rows by day and landing table, from what the day was made of."""
    by_day = {key: rows for key, (rows, _) in facts.inputs.items() if key[1] in facts.last_days}
    totals = Counter[str]()
    for (table, _), count in by_day.items():
        totals[table] += count
    tables = [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]
    columns: tuple[Text, ...] = (phrases.DAY, *tables)
    rows = tuple(
        (day.isoformat(), *(phrases.count(by_day.get((table, day), 0)) for table in tables)) for day in facts.last_days
    )
    return Section(
        Words("Volumes", "数据量"),
        Words(
            "Accepted rows by arrival day. A day that is much lower or higher than its neighbours is worth a look.",
            "按到达日期统计的接受行数。明显偏低或偏高的日期值得关注。",
        ),
        columns,
        rows,
        frozenset(tables),
        charts=tuple(_volume_chart(facts, by_day, table) for table in tables[:_CHARTS]),
        name="volumes",
    )


def _volume_chart(facts: Facts, by_day: dict[tuple[str, date], int], table: str) -> Chart:
    points = [Point(day, by_day.get((table, day))) for day in facts.last_days]
    told = Words(f"{table}: rows of each of the last 28 days", f"{table}：近 28 天每天的行数")
    return Chart(columns_over_time(points, phrases.ROWS, height=_LOW), told)


def _quarantine(facts: Facts) -> Section:
    heading = Words("Refused records", "被拒绝的记录")
    faults = [(day, fault) for day, report in reversed(facts.arrivals.items()) for fault in report["faults"]]
    if not faults:
        return Section(heading, Words("None in the reports that are kept.", "现存报告中没有。"), name="quarantine")
    by_day = {day: sum(int(table["refused"]) for table in report["tables"]) for day, report in facts.arrivals.items()}
    points = [Point(day, by_day.get(day)) for day in facts.last_days]
    shown = Words("Refused records by arrival day", "按到达日期统计的被拒绝记录")
    columns = (
        *(phrases.DAY, Words("file", "文件"), Words("column", "列"), _RECORDS),
        *(Words("why", "原因"), Words("what helps", "处理办法")),
    )
    return Section(
        heading,
        Words(
            "They are in the table quarantine and in nothing that is computed. Mend the file, or land the row again.",
            "这些记录位于 quarantine 表中，不参与任何计算。请修正文件，或重新交付该行。",
        ),
        columns,
        tuple(_fault(day, fault) for day, fault in faults),
        frozenset({_RECORDS}),
        charts=(Chart(columns_over_time(points, _RECORDS, height=_LOW), shown),),
        name="quarantine",
    )


def _fault(day: date, fault: dict[str, Any]) -> tuple[Cell, ...]:
    whole = fault.get("first_row") is None
    return (
        day.isoformat(),
        str(fault["file"]),
        str(fault.get("column") or ""),
        Words("all", "全部") if whole else phrases.count(int(fault["records"])),
        str(fault["reason"]),
        str(fault["remedy"]),
    )


def _drift(facts: Facts) -> Section:
    heading = Words("Drift of features", "特征漂移")
    since, found = drifted_columns(facts)
    if since is None:
        none = Words(
            "No earlier day is kept to compare with, or it has too few rows.", "没有可比较的较早日期，或其行数过少。"
        )
        return Section(heading, none, name="drift")
    columns = (Words("feature", "特征"), phrases.TABLE, Words("drift (PSI)", "漂移（PSI）"))
    top = [Bar(f"{each.table.removeprefix(_FEAT)}.{each.column}", each.index) for each in found[:_DRIFTED]]
    chart = Chart(
        bars(top, columns[2], "~g"),
        Words(f"The features that moved most since {since}", f"自 {since} 以来变化最大的特征"),
    )
    return Section(
        heading,
        Words(
            f"Population stability index of each feature that a ranker learns from, against {since}. "
            "Up to 0.1 is noise; above 0.25 the checks warn.",
            f"排序模型所用各特征相对 {since} 的群体稳定性指数。不超过 0.1 属于正常波动；超过 0.25 时检查会发出警告。",
        ),
        columns,
        tuple((each.column, Link(each.table, "lineage.html#features"), f"{each.index:.3f}") for each in found),
        frozenset({columns[2]}),
        charts=(chart,),
        name="drift",
    )


def _days(facts: Facts) -> Section:
    stale = sum(day.status == STALE for days in facts.calendar.values() for day in days)
    columns = (
        *(phrases.DAY, phrases.CAPABILITY, phrases.STATUS, phrases.VERSION),
        Words("what changed since", "此后的变化"),
    )
    newest_first = sorted(
        ((day, each.name) for each, days in facts.calendar.items() for day in days),
        key=lambda pair: (-pair[0].day.toordinal(), pair[1]),
    )
    return Section(
        Words("Days", "日期"),
        Words(f"{stale} stale. {_STALENESS.en}", f"{stale} 个过期。{_STALENESS.zh}"),
        columns,
        tuple(_day(day, name) for day, name in newest_first),
        name="days",
    )


def _day(day: Day, capability: str) -> tuple[Cell, ...]:
    more = f" (+{len(day.changed) - _CHANGES})" if len(day.changed) > _CHANGES else ""
    changed = ", ".join(day.changed[:_CHANGES]) + more
    return (day.day.isoformat(), capability, phrases.status(day.status), day.version or "", changed)
