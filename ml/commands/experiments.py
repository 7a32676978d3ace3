"""``shelduck evaluate`` and ``shelduck tune``: experiments that publish and register nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from ml.settings import Settings
from ml.terminal import Day, console

commands = typer.Typer()


@commands.command()
def evaluate(
    as_of: Day,
    origins: Annotated[int, typer.Option(min=1, max=6, help="consecutive evaluation windows")] = 3,
    recipe: Annotated[
        list[str] | None, typer.Option(help="name of a recommender; may be repeated; default: all")
    ] = None,
) -> None:
    """Evaluate recommenders on rolling origins; the last window ends on --as-of. Registers nothing."""
    from ml.console.experiments import run_evaluation
    from ml.recommend.recommenders import RECOMMENDERS

    recipes = recipe or [each.name for each in RECOMMENDERS]
    run_evaluation(Settings(), console, as_of.date(), origins, recipes)


@commands.command()
def tune(
    recommender: Annotated[str, typer.Argument(help="name of a recommender")],
    as_of: Day,
    minutes: Annotated[float, typer.Option(min=0.01, max=100_000, help="time limit in minutes")] = 10.0,
    trials: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="the most trials")] = None,
    setting: Annotated[str, typer.Option(help="maximise NDCG@10 over all items, or new ones")] = "all",
) -> None:
    """Search a recommender's parameters on weeks that a training as of --as-of does not use for evaluation."""
    from ml.console.experiments import run_tuning
    from ml.recommend.evaluation.settings import USUAL
    from ml.recommend.tuning import Budget

    if setting not in USUAL:
        raise typer.BadParameter(f"--setting is one of {', '.join(USUAL)}")
    run_tuning(Settings(), console, recommender, as_of.date(), Budget(minutes, trials, setting))
