"""SIGKILL of the whole process group of ``shelduck run`` and ``shelduck train``; a lost metadata database."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.operations.runs import run_dag
from ml.recommend.model import MODEL
from ml.registry.ledger import promotions
from ml.registry.versions import complete_versions
from ml.settings import Settings
from testkit.faults.measure import Measure, Outcome
from testkit.faults.shops import compared, content_hash, copy_of, run_days, trained_shop
from testkit.killing import PLACES_OF_A_TRAINING, kill_a_day, start_and_kill

_FIRST: Final = date(2025, 5, 3)
_BETWEEN_RERUNS: Final = 5
_SEED: Final = 20250503


def killed_days(scratch: Path, count: int) -> Outcome:
    """Kill a run of each of ``count`` days, five days in a row, then run these again; compare with no kill at all."""
    days = [_FIRST + timedelta(days=number) for number in range(count)]
    undisturbed = trained_shop(scratch / "undisturbed", _FIRST, date(2025, 3, 1))
    killed = copy_of(undisturbed, scratch / "killed")
    run_days(undisturbed, days)
    chance = random.Random(_SEED)
    for start in range(0, count, _BETWEEN_RERUNS):
        batch = days[start : start + _BETWEEN_RERUNS]
        for day in batch:
            while (place := kill_a_day(killed, day, chance)) is None:
                pass  # it ended before its kill came: the next one comes elsewhere
            print(f"killed {place}", flush=True)
        run_days(killed, batch)
    equal, faults = compared(undisturbed, killed, days)
    return Outcome.counted(equal, count, faults)


def killed_training(scratch: Path, count: int) -> Outcome:
    """Kill a training ``count`` times, one after the other, then run it; the registry must hold what it would have."""
    undisturbed = trained_shop(scratch / "undisturbed", _FIRST, date(2025, 3, 1))
    killed = undisturbed.model_copy(update={"home": scratch / "killed"})
    shutil.copytree(undisturbed.landing_dir, killed.landing_dir)
    chance, kills = random.Random(_SEED), 0
    while kills < count:
        place = PLACES_OF_A_TRAINING[kills % len(PLACES_OF_A_TRAINING)]
        kills += start_and_kill(killed, ["train", "--as-of", str(_FIRST)], place, chance.uniform(0, 4))
    run_dag(killed, "train_recommenders", [_FIRST - timedelta(days=6)])
    wanted, found = registered(undisturbed), registered(killed)
    faults = () if wanted == found else (f"registered {found}, without kills {wanted}",)
    return Outcome.counted(kills if not faults else 0, count, faults)


def registered(settings: Settings) -> list[tuple[str, str]]:
    """What a home's registry decides with: content and effective day of every promotion, and every finished version."""
    promoted = [(each.content_hash, str(each.effective_from)) for each in promotions(settings, MODEL)]
    return promoted + [(each.content_hash, "version") for each in complete_versions(settings, MODEL)]


def lost_metadata(scratch: Path, count: int) -> Outcome:
    """Airflow's database, MLflow's database, then both are deleted between runs of a day; its content stays."""
    settings = trained_shop(scratch / "home", _FIRST, date(2025, 3, 1))
    run_days(settings, [_FIRST])
    before = content_hash(settings, _FIRST)
    airflow, mlflow = settings.home / "airflow", settings.mlflow_database
    good, faults = 0, []
    for lost in ([airflow], [mlflow], [airflow, mlflow])[:count]:
        for path in lost:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for folder in (settings.published_dir, settings.slices_dir):
            shutil.rmtree(folder)
        run_days(settings, [_FIRST])
        now = content_hash(settings, _FIRST)
        good += now == before
        faults += [] if now == before else [f"without {', '.join(path.name for path in lost)}: {before} is now {now}"]
    return Outcome.counted(good, count, tuple(faults))


KILLED_DAYS: Final = Measure(
    "dag-kills", "SIGKILL of the whole of `shelduck run`, rerun: hashes equal", "20 of 20", 20, 2, 0, killed_days
)
KILLED_TRAINING: Final = Measure(
    "train-kills", "SIGKILL of the whole of `shelduck train`, rerun: same registry", "5 of 5", 5, 1, 0, killed_training
)
LOST_METADATA: Final = Measure(
    "metadata", "database of Airflow, of MLflow, of both lost, rerun: hashes equal", "3 of 3", 3, 1, 0, lost_metadata
)
