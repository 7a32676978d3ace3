"""The chain of a passport as sections: what made the row, and the landing files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from ml.documents import Cell, Link, Section
from ml.recommend.passport.passport import Chain, Partition, Reference
from ml.words import Text, Words

NAMES: Final[Mapping[str, Words]] = {
    "policy": Words("policy", "策略"),
    "version": Words("published version", "发布版本"),
    "model": Words("model version", "模型版本"),
    "training_run": Words("MLflow run", "MLflow 运行"),
    "training_dag_run": Words("DAG run of the training", "训练的 DAG 运行"),
    "promotion": Words("promotion", "上线记录"),
    "dag_run": Words("DAG run of the day", "当日的 DAG 运行"),
    "snapshot": Words("snapshot", "快照"),
    "code": Words("code", "代码"),
}
_FILES: Final = 5
"""Files that are listed, the last ones."""


def origin_section(chain: Chain) -> Section:
    """A row per link; paths are relative to the data home, pages to the address of Airflow or MLflow."""
    columns = (Words("link", "环节"), Words("id", "编号"), Words("where", "位置"), Words("note", "说明"))
    rows = tuple((NAMES[each.name], each.value, _where(each), each.note) for each in chain.references)
    text = Words(
        "Paths are relative to the data home; pages to the address of Airflow or MLflow.",
        "路径相对于数据目录；页面相对于 Airflow 或 MLflow 的地址。",
    )
    return Section(Words("Where it comes from", "来源"), text, columns, rows)


def _where(reference: Reference) -> Cell:
    if reference.page:
        shown = f"{reference.service}: {reference.page}"
        return Link(f"{reference.path}  {shown}".strip(), reference.page)
    return reference.path


def landing_section(chain: Chain) -> Section:
    """A row per landing table, and one per file of the days on which the evidence happened."""
    by_table: dict[str, list[Partition]] = defaultdict(list)
    for each in chain.landing:
        by_table[each.table].append(each)
    rows: list[tuple[Cell, ...]] = []
    for table, partitions in sorted(by_table.items()):
        first, last = partitions[0].arrival_date, partitions[-1].arrival_date
        hashes = partitions[-1].content_hash[:16]
        rows.append(
            (
                f"{table}/dt={first} … dt={last}",
                f"{sum(each.rows for each in partitions):,}",
                hashes,
                _there(partitions),
            )
        )
        files = [file for each in partitions for file in each.files.items()]
        rows += [(path, "", file_hash[:16], "") for path, file_hash in files[-_FILES:]]
    columns = (
        Words("landing files", "落地文件"),
        _ROWS,
        Words("SHA-256 of the last, or of the file", "最后分区或文件的 SHA-256"),
        _THERE,
    )
    text = Words(
        "Files of the last days on which the evidence happened; every partition with its hash: with --json.",
        "证据所在最近几日的文件；全部分区及哈希见 --json。",
    )
    return Section(Words("Landing files", "落地文件"), text, columns, tuple(rows), frozenset({_ROWS}), folded=True)


_ROWS: Final = Words("rows", "行数")
_THERE: Final = Words("partitions", "分区")


def _there(partitions: list[Partition]) -> Text:
    there = sum(each.is_there for each in partitions)
    if there == len(partitions):
        return Words(f"{there}, all there", f"{there}，全部存在")
    return Words(f"{there} of {len(partitions)} there", f"{len(partitions)} 个中存在 {there} 个")
