"""Overview: what was published, from what, how fresh it is, what the checks found, what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ml.capability import Capability
from ml.documents import Cell, Figure, Link, Mark, Page, Section
from ml.operations import calendar
from ml.pages.site import phrases
from ml.pages.site.facts import Facts
from ml.pages.site.lineage_graph import decided_by
from ml.pages.site.waiting import Waiting, waiting_candidates
from ml.words import Words

NAME: Final = "index"
_MADE_BY: Final = Words("made by", "生成方式")
_PUBLISHED: Final = Words("published at", "发布时间")
_READERS: Final = Words("readers get it", "读者可见")
_YES, _NO = Words("yes", "是"), Words("no: another version", "否：另一版本")


def page(facts: Facts, others: Sequence[Page]) -> Page:
    """The front page; ``others`` are the pages that it leads to."""
    waiting = waiting_candidates(facts.settings, tuple(facts.versions))
    return Page(
        NAME,
        Words("Overview", "概览"),
        Words(
            "What was published for this day, from what it was made, and what needs a person.",
            "这一天发布了什么、由什么数据生成、哪些事项需要人工处理。",
        ),
        (
            Section(Words("At a glance", "一览"), figures=tuple(_figures(facts, waiting)), name="glance"),
            *_troubles(facts),
            _published(facts),
            _decisions(waiting),
            _leading(others),
        ),
    )


def _figures(facts: Facts, waiting: Sequence[Waiting]) -> Iterator[Figure]:
    yield _freshness(facts)
    tables = [table for told in facts.manifests.values() for table in told.tables.values()]
    number = len(tables)
    yield Figure(
        Words("Rows published", "已发布行数"),
        phrases.count(sum(table.rows for table in tables)),
        Words(f"in {number} tables", f"共 {number} 张表"),
        "lineage.html#published",
    )
    yield _arrived(facts)
    yield _checks(facts)
    for capability, told in facts.manifests.items():
        if told.policy:
            yield _policy(facts, capability)
    yield Figure(
        Words("Waiting for a decision", "等待决定"),
        phrases.count(len(waiting)),
        Words("candidate models", "候选模型") if waiting else Words("nothing to approve", "没有待批准的模型"),
        "#decisions",
    )


def _freshness(facts: Facts) -> Figure:
    """The worst status of a capability; one without files has nothing to be late with."""
    found = [facts.status(each) for each in facts.settings.capabilities_on]
    order = (calendar.FAILED, calendar.RUNNING, calendar.MISSING, calendar.NOT_CLOSED, calendar.STALE, calendar.FRESH)
    worst = next((status for status in order if status in found), "")
    partitions = len(facts.inputs)
    return Figure(
        Words("This day is", "这一天的状态"),
        phrases.status_words(worst) or Words("unknown", "未知"),
        Words(f"made of {partitions:,} landed partitions", f"由 {partitions:,} 个落地分区生成"),
        "data.html#days",
    )


def _arrived(facts: Facts) -> Figure:
    label, href = Words("Records arrived", "到达记录数"), "data.html#arrived"
    report = facts.arrivals.get(facts.day)
    if report is None:
        return Figure(label, "–", Words("its report is not kept any more", "报告已不再保留"), href)
    read, refused = (sum(int(table[name]) for table in report["tables"]) for name in ("read", "refused"))
    return Figure(label, phrases.count(read), Words(f"{refused:,} refused", f"其中 {refused:,} 条被拒绝"), href)


def _checks(facts: Facts) -> Figure:
    held = sum(check.passed for check in facts.checks)
    warnings = sum(not check.passed and check.level == "watch" for check in facts.checks)
    failed = len(facts.checks) - held - warnings
    note = Words(f"{failed} failed, {warnings} warnings", f"{failed} 项失败，{warnings} 项警告")
    return Figure(
        Words("Checks that hold", "通过的检查"),
        Words(f"{held} of {len(facts.checks)}", f"{held} / {len(facts.checks)}"),
        note,
        "checks.html",
    )


def _policy(facts: Facts, capability: Capability) -> Figure:
    policy = facts.manifests[capability].policy
    return Figure(
        Words(f"Decided by, in {capability.name}", f"{capability.name} 的决策者"),
        decided_by(facts, capability),
        Words(f"policy {policy['policy_id']}", f"策略 {policy['policy_id']}"),
        "lineage.html#models",
    )


def _published(facts: Facts) -> Section:
    columns = (
        *(phrases.CAPABILITY, phrases.VERSION, phrases.STATUS, phrases.ROWS),
        *(_MADE_BY, _PUBLISHED, _READERS),
    )
    return Section(
        Words("What was published", "已发布内容"),
        _about_versions(facts),
        columns,
        tuple(_row(facts, each) for each in facts.settings.capabilities_on),
        frozenset({phrases.ROWS}),
        name="published",
    )


def _about_versions(facts: Facts) -> Words:
    text_en = "A version never changes once it is published; the same inputs and code give the same version."
    text_zh = "版本一经发布便不再改变；相同的输入和代码会得到相同的版本。"
    without = [each.name for each in facts.settings.capabilities_on if facts.status(each) == calendar.NO_FILES]
    if not without:
        return Words(text_en, text_zh)
    return Words(
        f"{text_en} Up to this day the shop landed no files for {', '.join(without)}, so there is nothing to publish.",
        f"{text_zh}截至当日，商店未交付 {'、'.join(without)} 所需的文件，因此没有可发布的内容。",
    )


def _row(facts: Facts, capability: Capability) -> tuple[Cell, ...]:
    state = phrases.status(facts.status(capability) or calendar.MISSING)
    if capability not in facts.versions:
        return (capability.name, "", state, "", "", "", "")
    told = facts.manifests[capability]
    run = str(told.provenance.get("dag_run_id", ""))
    written = phrases.minute(str(told.provenance.get("written_at", "")))
    return (
        capability.name,
        Link(told.version, "lineage.html#models"),
        state,
        phrases.count(sum(table.rows for table in told.tables.values())),
        decided_by(facts, capability),
        phrases.run_link(written, capability.daily_dag, run),
        Mark(_YES, "good") if facts.is_current(capability) else Mark(_NO, "quiet"),
    )


def _decisions(waiting: Sequence[Waiting]) -> Section:
    heading = Words("What waits for a decision", "等待决定的事项")
    if not waiting:
        nothing = Words("Nothing: no candidate model is waiting.", "没有：目前没有候选模型等待批准。")
        return Section(heading, nothing, name="decisions")
    columns = (
        *(Words("model", "模型"), Words("candidate", "候选版本"), Words("trained as of", "训练截至")),
        Words("what it would change", "会带来的变化"),
    )
    rows = tuple((each.model, _review_link(each), each.trained_as_of.isoformat(), each.question) for each in waiting)
    text = Words(
        "Each was trained and judged, and does not decide yet. Approve or reject in Airflow, or with shelduck review.",
        "以下候选模型已训练并评估，但尚未生效。请在 Airflow 中或用 shelduck review 批准或拒绝。",
    )
    return Section(heading, text, columns, rows, name="decisions")


def _review_link(waiting: Waiting) -> Link:
    return Link(waiting.told, f"airflow:dags/{waiting.review_dag}/required_actions")


def _troubles(facts: Facts) -> Iterator[Section]:
    if facts.troubles:
        yield Section(
            Words("Pages that are missing", "缺失的页面"),
            Words(
                "They could not be made; what is published is not affected.", "这些页面未能生成；已发布的内容不受影响。"
            ),
            (phrases.CAPABILITY, Words("why", "原因")),
            tuple((each.capability, each.why) for each in facts.troubles),
            name="troubles",
        )


def _leading(others: Sequence[Page]) -> Section:
    figures = tuple(Figure("", each.title, each.lead, f"{each.name}.html") for each in others)
    return Section(Words("Where to look", "从这里查看"), figures=figures, name="pages")
