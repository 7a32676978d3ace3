"""The page Models: how good the recommenders are, which decides, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from ml.charts.intervals import Span, intervals
from ml.charts.kinds import Point, over_time
from ml.documents import Cell, Chart, Figure, Link, Mark, Page, Section
from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.leaderboard import RECOMMENDER
from ml.recommend.evaluation.settings import SETTING
from ml.recommend.pages.model_quality import (
    COUNTS,
    INTERVAL,
    QUALITY,
    both,
    calibration_section,
    importances_section,
    interval,
    segments_section,
)
from ml.recommend.pages.trained import Trained
from ml.recommend.pages.words import PLACEMENTS, RECIPES, SETTINGS, called
from ml.registry.versions import ModelVersion
from ml.words import Text, Words, said

_RECOMMENDER: Final = Words("Recommender", "推荐器")


def models_page(trained: Trained) -> Page:
    """See the module."""
    return Page(
        "models",
        Words("Models", "模型"),
        Words(
            "How good the recommenders were on weeks that they had not seen, which decides, and what it looks at.",
            "各推荐器在未见过的几周数据上的表现、由谁决定推荐，以及它依据什么。",
        ),
        tuple(_Models(trained).sections()),
    )


def unreachable_page(what: Text) -> Page:
    """The page where the registry does not answer."""
    heading = Words("The registry does not answer", "模型注册表无响应")
    return Page("models", Words("Models", "模型"), heading, (Section(heading, what),))


@dataclass(frozen=True, eq=False)
class _Models:
    trained: Trained

    @property
    def version(self) -> ModelVersion | None:
        """The version that the page is about."""
        return self.trained.looked_at

    @cached_property
    def board(self) -> pl.DataFrame:
        """The leaderboard of its training."""
        return self.trained.board(self.version) if self.version else pl.DataFrame(schema={SETTING: pl.String})

    def sections(self) -> Iterator[Section]:
        """In the order in which a person asks."""
        if self.version is None:
            yield Section(
                Words("No model yet", "尚无模型"),
                Words(
                    "Rules decide until a training: `shelduck train --as-of YYYY-MM-DD`",
                    "训练之前由规则决定：`shelduck train --as-of YYYY-MM-DD`",
                ),
            )
            return
        yield self._now(self.version)
        yield from self._comparison()
        yield from self._chosen(self.version)
        yield from self._through_time()
        yield from calibration_section(self.trained, self.version)
        yield from segments_section(self.trained, self.version)
        yield from importances_section(self.trained, self.version)
        yield self._versions()

    def _now(self, version: ModelVersion) -> Section:
        decides = version.version == self.trained.served
        figures = [
            Figure(
                Words("Model that scored the day", "当天使用的模型") if decides else Words("Newest model", "最新模型"),
                Words(f"version {version.version}", f"第 {version.version} 版"),
                Words(f"trained as of {version.trained_as_of}", f"训练截至 {version.trained_as_of}"),
                "#versions",
            )
        ]
        for row in self.board.unique(SETTING, keep="first", maintain_order=True).iter_rows(named=True):
            name = called(SETTINGS, row[SETTING])
            best, span = called(RECIPES, row[RECOMMENDER]), interval(row)
            note = Words(f"{said(best)}: {span}", f"{said(best, 'zh')}：{span}")
            figures.append(Figure(name, f"{row[METRIC]:.3f}", note, "#comparison"))
        text = Words(
            "NDCG@10 says how near the first ten places are to the best possible order: 1 is perfect, 0 has no hit.",
            "NDCG@10 表示前十位与最佳排序的接近程度：1 为完美，0 为无命中。",
        )
        return Section(Words("At a glance", "概览"), text, figures=tuple(figures), name="now")

    def _comparison(self) -> Iterator[Section]:
        """A chart per setting, one table."""
        if self.board.is_empty():
            return
        charts = []
        for setting in self.board[SETTING].unique(maintain_order=True):
            own = self.board.filter(pl.col(SETTING) == setting)
            spans = [
                Span(called(RECIPES, row[RECOMMENDER]), row[METRIC], row["low"], row["high"])
                for row in own.iter_rows(named=True)
            ]
            name = called(SETTINGS, setting)
            description = both(
                "{}: quality of each recommender with its 95 % interval.", "{}：各推荐器的质量及 95% 区间。", name
            )
            charts.append(Chart(intervals(spans, QUALITY, ".2f"), description))
        numeric = (
            QUALITY,
            INTERVAL,
            Words("Below the best", "与最佳之差"),
            "p",
            "Recall@10",
            Words("CPU s", "CPU 秒"),
        )
        rows = tuple(_board_row(row) for row in self.board.iter_rows(named=True))
        shoppers = int(self.board["shoppers"].max())  # type: ignore[arg-type]
        text = Words(
            f"On what {shoppers:,} shoppers bought in the weeks after the data of the training. p is of a paired test.",
            f"依据 {shoppers:,} 位顾客在训练数据截止后几周内的购买。p 为配对检验的 p 值。",
        )
        heading = Words("Recommenders beside each other", "推荐器对比")
        columns = (COUNTS, _RECOMMENDER, *numeric)
        yield Section(heading, text, columns, rows, frozenset(numeric), charts=tuple(charts), name="comparison")

    def _chosen(self, version: ModelVersion) -> Iterator[Section]:
        found = self.trained.selections(version)
        if not found:
            return
        numeric = (Words("Gain", "提升"), INTERVAL, "p")
        rows = tuple(
            (
                called(PLACEMENTS, each.placement),
                *(called(RECIPES, each.recipe), called(RECIPES, each.incumbent or "–")),
                "–" if each.gain is None else f"{each.gain:+.4f}",
                "–" if each.low is None else f"{each.low:+.4f} … {each.high:+.4f}",
                "–" if each.p is None else f"{each.p:.3f}",
            )
            for each in found
        )
        text = Words(
            "A shelf keeps its recommender unless another is significantly better, or as good and much cheaper.",
            "除非另一个推荐器显著更好，或同样好且便宜得多，货架保持原有推荐器。",
        )
        columns = (Words("Shelf", "货架"), Words("Chosen", "选定"), Words("Served before", "此前使用"), *numeric)
        yield Section(Words("Why these serve", "为何选用"), text, columns, rows, frozenset(numeric), name="chosen")

    def _through_time(self) -> Iterator[Section]:
        """The best recommender's metric of each training, setting by setting."""
        found = [(version, row) for version in self.trained.versions for row in self.trained.best(version)]
        if not found:
            return
        points = [
            Point(version.trained_as_of, row[METRIC], called(SETTINGS, row[SETTING]), row["low"], row["high"])
            for version, row in found
        ]
        description = Words(
            "Quality of the best recommender of each training, with its 95 % interval.",
            "每次训练中最佳推荐器的质量及 95% 区间。",
        )
        days = {point.day for point in points}
        charts = (Chart(over_time(points, QUALITY, ".2f"), description),) if len(days) > 1 else ()
        numeric = (Words("Version", "版本"), QUALITY, INTERVAL)
        rows = tuple(
            (
                str(version.trained_as_of),
                *(str(version.version), called(SETTINGS, row[SETTING]), called(RECIPES, row[RECOMMENDER])),
                *(f"{row[METRIC]:.4f}", interval(row)),
            )
            for version, row in reversed(found)
        )
        text = (
            ""
            if charts
            else Words(
                "One training so far; the line begins with the second.", "目前只有一次训练；从第二次起显示曲线。"
            )
        )
        columns = (Words("Trained as of", "训练截至"), numeric[0], COUNTS, _RECOMMENDER, *numeric[1:])
        yield Section(
            Words("Through time", "随时间变化"), text, columns, rows, frozenset(numeric), charts=charts, name="time"
        )

    def _versions(self) -> Section:
        """The registered versions beside the ledger, the newest first."""
        rows = []
        for version in reversed(self.trained.versions):
            mine = [
                row
                for row in self.trained.promotions
                if (row.version, row.content_hash) == (version.version, version.content_hash)
            ]
            state: Cell = Words("not promoted", "未上线")
            if mine:
                state = str(mine[-1].effective_from)
            champion = self.trained.champion
            role: Cell = ""
            if champion is not None and champion.version == version.version:
                role = Mark(Words("decides", "生效中"), "good")
            elif not mine:
                role = Mark(Words("candidate", "候选"), "quiet")
            rows.append(
                (
                    *(str(version.version), str(version.trained_as_of), state, role),
                    mine[-1].who if mine else "–",
                    mine[-1].why if mine else "–",
                    Link(version.run_id[:12], self.trained.address(version)),
                )
            )
        columns = (
            *(Words("Version", "版本"), Words("Trained as of", "训练截至"), Words("Decides from", "生效日")),
            *(Words("Now", "现状"), Words("By", "由谁"), Words("Why", "理由"), Words("MLflow run", "MLflow 运行")),
        )
        return Section(
            Words("Versions and the promotion ledger", "版本与上线记录"), "", columns, tuple(rows), name="versions"
        )


def _board_row(row: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        called(SETTINGS, row[SETTING]),
        *(called(RECIPES, row[RECOMMENDER]), f"{row[METRIC]:.4f}", interval(row)),
        "–" if row["difference"] is None else f"{row['difference']:+.4f}",
        "–" if row["p"] is None else f"{row['p']:.3f}",
        "–" if row["recall_at_10"] is None else f"{row['recall_at_10']:.4f}",
        f"{row['fit_cpu_seconds'] + row['score_cpu_seconds']:.1f}",
    )
