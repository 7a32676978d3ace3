"""Lineage: landing files, feature tables, what decides, published tables; drawn, and with hashes as tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from ml.capability import Capability
from ml.documents import Cell, Drawing, Page, Section
from ml.pages.site import phrases
from ml.pages.site.facts import Facts
from ml.pages.site.lineage_drawing import drawn
from ml.pages.site.lineage_graph import (
    DECIDES,
    FEATURES,
    FILES,
    TABLES,
    decided_by,
    graph,
    rows_of_features,
    snapshot,
)
from ml.warehouse.lineage import landing_tables
from ml.words import Text, Words

NAME: Final = "lineage"
_PARTITIONS: Final = Words("partitions", "分区数")
_MADE_FROM: Final = Words("made from", "来源")
_RUN: Final = Words("run", "运行")


def page(facts: Facts) -> Page:
    """The page of a day's lineage."""
    return Page(
        NAME,
        Words("Lineage", "血缘"),
        Words(
            "From the shop's files to the published tables: what was made from what, with the hashes that prove it.",
            "从商店文件到已发布的表：每样东西由什么生成，并附可验证的哈希。",
        ),
        (
            _way(facts),
            Section(FILES, *_landed(facts), name="landing"),
            _recent(facts),
            _features(facts),
            _decides(facts),
            _published(facts),
        ),
    )


def _way(facts: Facts) -> Section:
    drawing = graph(facts)
    columns = (_MADE_FROM, Words("leads to", "生成"))
    names = {node.id: node.label for node in drawing.nodes}
    return Section(
        Words("How the data flows", "数据流向"),
        Words(
            "Left to right. Each box leads to its hashes below.",
            "从左到右。点击方框可查看下方的哈希。",
        ),
        columns,
        tuple((names[edge.start], names[edge.end]) for edge in drawing.edges),
        drawings=(
            Drawing(
                lambda language: drawn(drawing, language),
                Words(
                    "Landing tables lead to feature tables, these to what decides, and that to the published tables",
                    "落地表生成特征表，特征表进入决策，决策生成已发布的表",
                ),
            ),
        ),
        name="way",
    )


def _landed(facts: Facts) -> tuple[Text, tuple[Text, ...], tuple[tuple[Cell, ...], ...], frozenset[Text]]:
    columns = (phrases.TABLE, _PARTITIONS, phrases.ROWS, Words("newest", "最新分区"), phrases.HASH)
    rows = []
    for table in sorted({name for name, _ in facts.inputs}):
        parts = {day: told for (name, day), told in sorted(facts.inputs.items()) if name == table}
        digest = hashlib.sha256("".join(f"{day} {told[1]}\n" for day, told in parts.items()).encode()).hexdigest()
        total = sum(count for count, _ in parts.values())
        newest = max(parts).isoformat()
        rows.append((table, phrases.count(len(parts)), phrases.count(total), newest, phrases.short(digest)))
    text = Words(
        "Everything that had arrived by the end of the day. The hash is over the partitions' days and content hashes.",
        "截至当天结束时已到达的全部数据。哈希由各分区的日期和内容哈希计算得出。",
    )
    return text, columns, tuple(rows), frozenset({_PARTITIONS, phrases.ROWS})


def _recent(facts: Facts) -> Section:
    found = [key for key in facts.inputs if key[1] in facts.last_days]
    rows = tuple(
        (f"{table}/dt={day}", phrases.count(facts.inputs[table, day][0]), phrases.short(facts.inputs[table, day][1]))
        for table, day in sorted(found, key=lambda key: (-key[1].toordinal(), key[0]))
    )
    return Section(
        Words("Partitions of the last 28 days", "近 28 天的分区"),
        Words("The manifest holds all of them.", "清单中包含全部分区。"),
        (Words("partition", "分区"), phrases.ROWS, phrases.HASH),
        rows,
        frozenset({phrases.ROWS}),
        name="partitions",
        folded=True,
    )


def _features(facts: Facts) -> Section:
    hashes, rows = snapshot(facts).get("files", {}), rows_of_features(facts)
    read = dict.fromkeys(name for capability in facts.versions for name in capability.reads)
    table = tuple(
        (
            name,
            phrases.count(rows[name]) if name in rows else "",
            phrases.short(str(hashes.get(name, ""))),
            ", ".join(landing_tables((name,))),
        )
        for name in read
    )
    text = Words(
        "Made by one dbt build of the day and exported as its snapshot: "
        + ", ".join(dict.fromkeys(told.slice for told in facts.manifests.values())),
        "由当天的一次 dbt 构建生成，并导出为快照："
        + "、".join(dict.fromkeys(told.slice for told in facts.manifests.values())),
    )
    columns = (phrases.TABLE, phrases.ROWS, phrases.HASH, _MADE_FROM)
    return Section(FEATURES, text, columns, table, frozenset({phrases.ROWS}), name="features")


def _decides(facts: Facts) -> Section:
    columns = (
        *(phrases.CAPABILITY, Words("decided by", "决策者"), Words("policy", "策略"), Words("recipes", "配方")),
        *(Words("code", "代码"), Words("commit", "提交"), _RUN),
    )
    return Section(DECIDES, "", columns, tuple(_deciding(facts, each) for each in facts.versions), name="models")


def _deciding(facts: Facts, capability: Capability) -> tuple[Cell, ...]:
    told = facts.manifests[capability]
    recipes = told.policy.get("recipes")
    run = str(told.provenance.get("dag_run_id", ""))
    return (
        capability.name,
        decided_by(facts, capability),
        str(told.policy.get("policy_id", "")),
        ", ".join(f"{name}: {recipe}" for name, recipe in recipes.items()) if isinstance(recipes, dict) else "",
        told.code_revision,
        phrases.short(str(told.provenance.get("git_commit") or "")),
        phrases.run_link(run, capability.daily_dag, run),
    )


def _published(facts: Facts) -> Section:
    columns = (
        phrases.TABLE,
        phrases.CAPABILITY,
        phrases.ROWS,
        phrases.HASH,
        phrases.VERSION,
        Words("what a row is", "每行内容"),
    )
    return Section(
        TABLES,
        Words(
            "The hash is of values and types; equal hashes mean equal tables.", "哈希涵盖值和类型；哈希相同即表相同。"
        ),
        columns,
        tuple(_tables(facts)),
        frozenset({phrases.ROWS}),
        name="published",
    )


def _tables(facts: Facts) -> Iterator[tuple[Cell, ...]]:
    for capability, told in facts.manifests.items():
        for name, table in told.tables.items():
            about = capability.tables[name].description if name in capability.tables else ""
            yield (
                *(name, capability.name, phrases.count(table.rows)),
                *(phrases.short(table.content_hash), told.version, about),
            )
