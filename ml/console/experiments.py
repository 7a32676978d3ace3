"""``shelduck evaluate`` and ``shelduck tune``: the days' features, then what trainings do, without registering."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.console.run_lines import progress_display
from ml.landing.load import land
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.comparison import METRIC
from ml.recommend.evaluation.leaderboard import told
from ml.recommend.evaluation.origins import Window, learned_days, origin_days, windows
from ml.recommend.evaluation.settings import SETTING, SETTINGS, Terms
from ml.recommend.experiment import evaluate_recipes, recipe, settled
from ml.recommend.recommenders import recommender
from ml.recommend.tuning import Budget, Tuned, must_have_a_space, tune, tuning_days, variants
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.slices import Slice


def prepared(
    settings: Settings, days: Sequence[date], recommenders: Sequence[Recommender], holder: str
) -> tuple[list[Slice], list[Slice]]:
    """The slices of ``days``, oldest first, and all that ``recommenders`` learn from, fitted as of any but the last.

    Lands nothing that arrived after the last one.
    """
    land(settings, days[-1], holder=holder)
    wanted = sorted({*days, *learned_days(days[:-1], recommenders)})
    built = build(settings, wanted, holder=holder, capability=RECOMMEND, to_publish=False)  # be it switched off
    return [each for each in built if each.as_of in days], built


def run_evaluation(
    settings: Settings, console: Console, as_of: date, origins: int, recipes: Sequence[str]
) -> pl.DataFrame:
    """Judge ``recipes`` at ``origins`` rolling origins, the last window up to ``as_of``; print the leaderboard."""
    for name in recipes:
        recipe(settings, name)  # an unknown one, or a wrong parameter, is told before minutes of work
    with progress_display(console) as progress:
        line = progress.add_task("features", total=1, detail=f"as of {as_of} and {origins} origins before it")
        days, makers = (
            origin_days(as_of, settings.evaluation_days, origins),
            [recipe(settings, each) for each in recipes],
        )
        slices, past = prepared(settings, days, makers, "shelduck evaluate")
        progress.update(line, completed=1)
        judging = progress.add_task("evaluate", total=len(recipes) * origins, detail="")
        begun = iter(range(len(recipes) * origins))

        def start(name: str, origin: date) -> None:
            progress.update(judging, completed=next(begun), detail=f"{name} as of {origin}")

        table = evaluate_recipes(settings, windows(slices, Terms.of(settings), past), recipes, start)
        progress.update(judging, completed=len(recipes) * origins, detail="logged to MLflow: evaluate_recommenders")
    for setting in (each for each in SETTINGS if each in table[SETTING]):
        console.print(leaderboard_table(table, setting))
    return table


def run_tuning(settings: Settings, console: Console, name: str, as_of: date, budget: Budget) -> Tuned:
    """Search the parameters of the recommender ``name``; print the best ones and how to adopt them."""
    kind = recommender(name)
    settled(settings, kind)
    must_have_a_space(kind)
    with progress_display(console) as progress:
        cut, end = tuning_days(as_of, settings.evaluation_days)
        line = progress.add_task("features", total=1, detail=f"as of {cut} and {end}")
        (then, now), past = prepared(settings, [cut, end], variants(settings, kind), "shelduck tune")
        window = Window(then, now, past=past)
        progress.update(line, completed=1)
        searching = progress.add_task(f"tune {name}", total=1.0, detail="")
        started = time.monotonic()

        def show(trials: int, score: float, best: float) -> None:
            share = (time.monotonic() - started) / (budget.minutes * 60)
            if budget.trials:
                share = max(share, trials / budget.trials)
            detail = f"{trials} trials, {METRIC} {score:.4f}, best {best:.4f}"
            progress.update(searching, completed=min(share, 1.0), detail=detail)

        tuned = tune(settings, kind, window, budget, show)
        progress.update(searching, completed=1.0)
    _print_tuned(console, tuned, cut, end)
    return tuned


def leaderboard_table(table: pl.DataFrame, setting: str) -> Table:
    """The leaderboard of one setting for a terminal."""
    shown = Table(title=f"\n{setting}: NDCG@10 with its 95 % interval", title_justify="left", box=None)
    shown.add_column("recommender")
    for heading in ("NDCG@10", "to the reference", "p", "recall", "coverage", "diversity", "CPU s", "MiB", "cold"):
        shown.add_column(heading, justify="right")
    for row in told(table, setting):
        shown.add_row(*row)
    return shown


def _print_tuned(console: Console, tuned: Tuned, cut: date, end: date) -> None:
    console.print(
        f"\n{tuned.recommender}, {tuned.trials} trials by {tuned.setting}, known up to {cut}, judged up to {end}"
    )
    for name, value in tuned.best.items():
        console.print(f"  {name:<16} {value!s:<22} now {tuned.now[name]}", highlight=False)
    for setting, gain in tuned.gains.items():
        score = f"{METRIC} {setting:<4} {tuned.scores[setting]:.4f}"
        console.print(f"  {score}, to the present {gain}, p {gain.p:.3f}{', worse' * (gain.high < 0)}", highlight=False)
    if tuned.best == tuned.now:
        console.print("What is set now is the best that was tried.")
        return
    console.print(
        "These weeks chose the parameters, so the gain is a little too good to be true; a training judges on later"
        " weeks. To adopt them:"
    )
    console.print(f"  {tuned.line}", highlight=False, soft_wrap=True)
