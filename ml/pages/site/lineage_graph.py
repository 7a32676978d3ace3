"""What was made from what on a day, as a graph: landing tables, feature tables, what decides, published tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from ml.capability import Capability
from ml.errors import StaleFeatures
from ml.pages.site.facts import Facts
from ml.pages.site.lineage_drawing import Edge, Graph, Node
from ml.warehouse.lineage import landing_tables
from ml.warehouse.slices import read_slice
from ml.words import Text, Words

FILES: Final = Words("Landed files", "落地文件")
FEATURES: Final = Words("Feature tables", "特征表")
DECIDES: Final = Words("What decides", "决策依据")
TABLES: Final = Words("Published tables", "已发布的表")


@dataclass
class _Drawn:
    """The graph so far."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)

    def node(self, column: int, name: str, label: str, note: Text, href: str) -> str:
        found = f"{column}-{name}"
        self.nodes.setdefault(found, Node(found, column, label, note, href))
        return found

    def edge(self, start: str, end: str, group: str = "") -> None:
        self.edges[Edge(start, end, group)] = None


def graph(facts: Facts) -> Graph:
    """The graph of every version of the day."""
    drawn, landed, features = _Drawn(), Counter[str](), rows_of_features(facts)
    for (table, _), (rows, _) in facts.inputs.items():
        landed[table] += rows
    for capability, told in facts.manifests.items():
        decides = drawn.node(2, capability.name, capability.name, decided_by(facts, capability), "#models")
        for model in capability.reads:
            note = _rows(features[model]) if model in features else ""
            feature = drawn.node(1, model, model, note, "#features")
            drawn.edge(feature, decides, capability.name)
            for table in landing_tables((model,)):
                if table in landed:
                    drawn.edge(drawn.node(0, table, table, _rows(landed[table]), "#landing"), feature)
        for name, published in told.tables.items():
            node = drawn.node(3, f"{capability.name}-{name}", name, _rows(published.rows), "#published")
            drawn.edge(decides, node, capability.name)
    return Graph((FILES, FEATURES, DECIDES, TABLES), tuple(drawn.nodes.values()), tuple(drawn.edges))


def decided_by(facts: Facts, capability: Capability) -> Words:
    """The model, the rules or the SQL that made a capability's tables."""
    policy = facts.manifests[capability].policy
    if not policy:
        return Words("SQL, no model", "SQL，无模型")
    version = policy.get("model_version")
    return Words(f"model {version}", f"模型 {version}") if version else Words("rules", "规则")


def snapshot(facts: Facts) -> dict[str, Any]:
    """The record of the snapshot that the day was made of; empty where none is kept."""
    for told in facts.manifests.values():
        try:
            return read_slice(facts.settings.home / told.slice).record
        except StaleFeatures:
            continue
    return {}


def rows_of_features(facts: Facts) -> dict[str, int]:
    """By feature table its rows, as the snapshot's record says."""
    return {str(name): int(rows) for name, rows in snapshot(facts).get("tables", {}).items()}


def _rows(number: int) -> Words:
    return Words(f"{number:,} rows", f"{number:,} 行")
