"""What trainings and evaluations have in common: judge recipes on rolling origins and show all of it in MLflow."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import polars as pl
from pydantic import JsonValue

from ml.day import Day
from ml.escape import for_markdown
from ml.recommend.budget import Affordable, affordable
from ml.recommend.capability import RECOMMEND
from ml.recommend.code import recommend_revision
from ml.recommend.core.parameters import SEED, THREADS, configured, that_matter
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.evaluation.leaderboard import all_slices, leaderboard, told
from ml.recommend.evaluation.origins import Results, Window, judge_all
from ml.recommend.evaluation.settings import SETTING
from ml.recommend.recommenders import recommender
from ml.recommend.side_by_side import OnStart, Task, judge_side_by_side, processes_for
from ml.registry.client import EVALUATIONS
from ml.registry.tracking import Dataset, Training, TrainingRun, Trial, training_run
from ml.registry.versions import training_key
from ml.settings import Settings
from ml.warehouse.slices import HISTORY, Slice

_log = logging.getLogger(__name__)
LEFT_OUT: Final = "left_out"
"""Tag of a run: recommenders that were not judged, with the reason, as JSON."""


def recipe(settings: Settings, name: str) -> Recommender:
    """The recommender called ``name``, as ``settled``.

    Raises:
        ModelMissing: none is called so.
        WrongParameter: the settings name a parameter that it does not have.
    """
    return settled(settings, recommender(name))


def settled(settings: Settings, kind: type[Recommender]) -> Recommender:
    """A recommender with the shop's parameters, and with its seed and threads where it has such parameters.

    Raises:
        WrongParameter: the settings name a parameter that it does not have.
    """
    everywhere = {SEED: settings.seed, THREADS: settings.threads}
    return configured(kind, settings.parameters.get(kind.name), everywhere)


def judge_recipes(
    settings: Settings,
    windows: Sequence[Window],
    afford: Affordable,
    run: TrainingRun,
    on_start: OnStart | None = None,
) -> Results:
    """Judge the recipes on every window, at the same time what fits; each result becomes a child of ``run`` at once."""
    makers = {name: partial(recipe, settings, name) for name in afford.names}
    params = {name: make().params for name, make in makers.items()}  # a wrong one is told before minutes of work
    total = len(makers) * len(windows)
    begun = 0

    def start(name: str, as_of: date) -> None:
        nonlocal begun
        begun += 1
        _log.info("judging %s as of %s (%d of %d)", name, as_of, begun, total)
        if on_start:
            on_start(name, as_of)

    def log(found: Evaluation) -> None:
        run.log_trial(
            Trial(
                name=found.name,
                params=found.params,
                metrics=found.metrics,
                seconds=found.cost["fit_seconds"] + found.cost["score_seconds"],
                origin=str(found.as_of),
                slices=found.slices.to_dicts(),
            )
        )

    if processes_for(settings, windows[-1].now, len(makers)) == 1:
        return judge_all(makers, [window.split for window in windows], start, log)
    tasks = [Task(window, name, params[name], memory) for window in windows for name, memory in afford.memory.items()]
    return judge_side_by_side(tasks, settings.training_memory, start, log)


def show_comparison(
    run: TrainingRun,
    results: Results,
    references: Mapping[str, str | None] | None = None,
    left_out: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Add the tables, the plot and the note that a person reads to ``run``; returns the leaderboard.

    Args:
        left_out: recommenders that were not judged, with the reason.
    """
    table = leaderboard(results, references)
    run.log_comparison(table.to_dicts(), all_slices(results), _note(table, left_out or {}))
    if left_out:
        run.log_result(tags={LEFT_OUT: json.dumps(left_out)})
    return table


def evaluate_recipes(
    settings: Settings, windows: Sequence[Window], recipes: Sequence[str], on_start: OnStart | None = None
) -> pl.DataFrame:
    """Judge ``recipes`` and register nothing; the leaderboard, which MLflow keeps in an experiment of their own."""
    afford = affordable(settings, [recipe(settings, name) for name in recipes], windows[-1].now)
    used = Used([windows[0].then, *(window.now for window in windows)], windows[0].past)
    described = describe(settings, used, experiment=EVALUATIONS, matter={"recipes": list(afford.names)})
    with training_run(settings, described) as run:
        results = judge_recipes(settings, windows, afford, run, on_start)
        return show_comparison(run, results, left_out=afford.left_out)


@dataclass(frozen=True)
class Used:
    """The slices that a run reads: its origins and last day, oldest first, and days that may be learned from."""

    slices: Sequence[Slice]
    learned: Sequence[Slice] = ()

    @property
    def contexts(self) -> list[tuple[Slice, str]]:
        """Each slice once, with what it is used for."""
        days = {each.as_of for each in self.slices}
        past = [(each, "past day") for each in self.learned if each.as_of not in days]
        first, *later = self.slices
        return [*past, (first, "training"), *((each, "evaluation") for each in later)]


def describe(
    settings: Settings,
    used: Used,
    *,
    experiment: str,
    matter: Mapping[str, JsonValue],
    tags: Mapping[str, str] | None = None,
) -> Training:
    """What MLflow is told before a run over some slices, and the key of its result."""
    days = [(Day(settings, RECOMMEND, each), context) for each, context in used.contexts]
    last = used.slices[-1]
    parameters = {name: kept for name, given in settings.parameters.items() if (kept := that_matter(given))}
    return Training(
        name=f"{experiment.partition('_')[0]} as of {last.as_of}",
        key=training_key(
            data_hashes={str(day.as_of): day.inputs_hash for day, _ in days},
            code=recommend_revision(),
            settings={"parameters": parameters, **matter},
            seed=settings.seed,
        ),
        code_revision=recommend_revision(),
        datasets=tuple(
            Dataset(settings.relative(day.snapshot.folder), day.inputs_hash, len(day.table(HISTORY)), context)
            for day, context in days
        ),
        params={
            "as_of": str(last.as_of),
            "origins": ", ".join(str(each.as_of) for each in used.slices[:-1]),
            "parameters": str(settings.parameters or "defaults"),
            "seed": settings.seed,
        },
        tags=dict(tags or {}),
        experiment=experiment,
    )


def _note(table: pl.DataFrame, left_out: Mapping[str, str]) -> str:
    """Markdown for the run's page: who leads, by how much, at what cost, and who was not judged."""
    lines = [f"**Left out:** {for_markdown(name)}: {for_markdown(why)}\n" for name, why in left_out.items()]
    for setting in table[SETTING].unique(maintain_order=True):
        lines += [
            f"**{setting}**",
            "",
            "| recommender | NDCG@10 [95 %] | to the reference | p | cold | coverage | CPU s |",
        ]
        lines += ["|---|---|---|---:|---:|---:|---:|"]
        for each in told(table, setting):
            cells = (
                for_markdown(each.recommender),
                each.quality,
                each.difference,
                each.p,
                each.cold,
                each.coverage,
                each.cpu_seconds,
            )
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    whom = (
        "Means over shoppers who had bought by the origin. **cold**: NDCG@10 of those who had not; it decides nothing."
    )
    return "\n".join([*lines, whom, "", "Artifacts: comparison.png, comparison.json (every figure), slices.json."])
