"""What ``shelduck demo`` and ``shelduck shelf`` print: shelves with names and reasons, figures, next commands."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.console.run_lines import Ran
from ml.errors import StaleFeatures
from ml.escape import visible
from ml.publish.readers import current_version, manifest, newest_as_of, published_version, read_table, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.recommend.explanations.labels import within
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.published import default_shelf, shelf, shelves
from ml.registry.comparison import latest_comparison
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, read_slice

_SHOPPERS = 5
_SHOWN = {"for_you": 3, "discover": 2}


def show(settings: Settings, console: Console) -> None:
    """The end of the demo: a few shelves, the models beside each other, where the tables are, what to do next."""
    _show_shelves(settings, console, current_version(settings, RECOMMEND).id, _SHOPPERS)
    _show_models(settings, console)
    _show_tables(settings, console)


def show_first(settings: Settings, console: Console) -> None:
    """The first shelf of the demo, which rules serve; the same shopper's is among those at its end."""
    current = current_version(settings, RECOMMEND)
    console.print(f"Published as of {current.as_of}, by rules. A shelf now; the training comes next:", style="bold")
    _show_shelves(settings, console, current.id, 1)


def show_seconds(console: Console, ran: Ran) -> None:
    """What each task of the demo took, beside whatever ran at once."""
    table = Table(title="\nSeconds of each step (mean of its runs)", title_justify="left", box=None)
    for heading in ("DAG", "step", "seconds", "runs"):
        table.add_column(heading, justify="left" if heading in ("DAG", "step") else "right")
    for (dag, task), seconds in ran.seconds.items():
        table.add_row(dag, task, f"{sum(seconds) / len(seconds):.1f}", str(len(seconds)))
    console.print(table)


def _show_shelves(settings: Settings, console: Console, version: str, shoppers: int) -> None:
    users = read_table(settings, RECOMMEND, RECOMMENDATION.name, version)[Col.user_id].unique().sort()
    for user in users.gather_every(max(len(users) // _SHOPPERS, 1))[:shoppers]:
        rows = shelf(settings, user, version_id=version)
        shown = pl.concat(_top(rows, name, n) for name, n in _SHOWN.items())
        console.print(_shelf_table(user, shown, catalogue_of(settings, shown)))


def show_shelf(
    settings: Settings, console: Console, user_id: str, placement: str | None, as_of: date | None = None
) -> None:
    """One shopper's shelves as published, now or on a day, or the default shelf of somebody who has none."""
    version = published_version(settings, RECOMMEND, as_of).id
    if shelves(settings, [user_id], version).is_empty():
        console.print(f"shopper {visible(user_id)} has no shelf: this is the default one", highlight=False)
        rows = default_shelf(settings, placement, version)
    else:
        rows = shelf(settings, user_id, placement, version)
    console.print(_shelf_table(user_id, rows, catalogue_of(settings, rows)))


def catalogue_of(settings: Settings, rows: pl.DataFrame) -> pl.DataFrame | None:
    """What is known of the items of published rows; None when the slice they were made of was removed since."""
    version = version_of_day(settings, RECOMMEND, rows[Col.as_of_date][0]) if len(rows) else None
    if version is None:
        return None
    try:
        day = read_slice(settings.home / manifest(settings, RECOMMEND, version.id).slice)
        return day.scan(DIM_ITEM).filter(pl.col(Col.item_id).is_in(rows[Col.item_id].to_list())).collect()
    except StaleFeatures:
        return None


def _top(rows: pl.DataFrame, placement: str, n: int) -> pl.DataFrame:
    return rows.filter(pl.col(Col.placement) == placement).head(n)


def _shelf_table(user_id: str, rows: pl.DataFrame, catalogue: pl.DataFrame | None) -> Table:
    table = Table(
        title=f"Shopper {visible(user_id)}", title_justify="left", box=None, pad_edge=False, title_style="bold"
    )
    table.add_column("placement")
    table.add_column("rank", justify="right")
    table.add_column("item_id", style="dim")
    table.add_column("item")
    table.add_column("why", style="dim")
    for row, label in zip(rows.iter_rows(named=True), within(rows, catalogue), strict=True):
        cells = (row[Col.placement], str(row[Col.rank]), row[Col.item_id], label, row[Col.reason_text])
        table.add_row(*(visible(cell) for cell in cells))
    return table


def _show_models(settings: Settings, console: Console) -> None:
    table = Table(title="\nRecommenders on the held-out weeks (NDCG@10)", title_justify="left", box=None)
    for heading in ("recommender", "all", "new", "seconds"):
        table.add_column(heading, justify="left" if heading == "recommender" else "right")
    for trial in sorted(latest_comparison(settings), key=lambda trial: -trial.metrics.get("all/ndcg_at_10", 0.0)):
        figures = [f"{trial.metrics.get(f'{setting}/ndcg_at_10', 0.0):.4f}" for setting in ("all", "new")]
        table.add_row(trial.name, *figures, f"{trial.seconds:.1f}")
    console.print(table)


def _show_tables(settings: Settings, console: Console) -> None:
    told = manifest(settings, RECOMMEND)
    console.print(f"\nPublished as of {told.as_of_date} (policy {told.policy['policy_id']})", style="bold")
    published = [each for each in settings.capabilities_on if newest_as_of(settings, each)]
    for capability in published:
        rows = manifest(settings, capability).tables
        for name in (name for name in capability.tables if name in rows):
            where = f"published/{capability.name}/current/{name}.parquet"
            console.print(f"  {rows[name].rows:>8,} rows  {where}", highlight=False)
    console.print(
        f"  in the data home {settings.home.name}/, also as published/recommend/current/shelduck.duckdb\n",
        highlight=False,
    )
    another = told.as_of_date + timedelta(days=1)
    console.print("Next", style="bold")
    console.print(
        f"  {'make up':<42} Airflow and MLflow pages, with the demo's runs\n"
        f"  {f'.venv/bin/shelduck shelf {shopper_to_try(settings)}':<42} one shopper's shelves\n"
        f"  {f'.venv/bin/shelduck run --as-of {another}':<42} another day\n",
        highlight=False,
    )


def shopper_to_try(settings: Settings) -> str:
    """A shopper who has a shelf."""
    return str(read_table(settings, RECOMMEND, RECOMMENDATION.name)[Col.user_id][0])
