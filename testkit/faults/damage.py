"""The warehouse file damaged in every way: the next day either comes out as it should or is refused with the remedy."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from ml.settings import Settings
from testkit.faults.crash import attempt
from testkit.faults.garden import copied, garden, outcome_of
from testkit.faults.measure import Measure, Outcome

_DAYS = 30
_HEADERS = 3 * 4096
_VERSION_AT = 12


def _overwrite(path: Path, chance: random.Random, start: int, end: int) -> str:
    offset = chance.randrange(start, end)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(chance.randbytes(64))
    return f"64 bytes overwritten at {offset:,}"


def _header(path: Path, chance: random.Random) -> str:
    return _overwrite(path, chance, 0, _HEADERS)


def _middle(path: Path, chance: random.Random) -> str:
    return _overwrite(path, chance, _HEADERS, path.stat().st_size)


def _cut(path: Path, chance: random.Random) -> str:
    length = chance.randrange(1, path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(length)
    return f"cut off at {length:,}"


def _emptied(path: Path, _: random.Random) -> str:
    path.write_bytes(b"")
    return "zero bytes"


def _foreign(path: Path, _: random.Random) -> str:
    path.write_text("id,name\n1,not a database\n" * 500, encoding="utf-8")
    return "a CSV file"


def _newer(path: Path, _: random.Random) -> str:
    with path.open("r+b") as file:
        file.seek(_VERSION_AT)
        file.write((9_999).to_bytes(8, "little"))
    return "another storage version"


def _deleted(path: Path, _: random.Random) -> str:
    path.unlink()
    return "deleted"


_DAMAGES: tuple[Callable[[Path, random.Random], str], ...] = (
    *(_middle, _cut, _header, _emptied, _middle, _foreign, _middle, _newer, _cut, _deleted),
)


def damage_in_turn(scratch: Path, times: int) -> Outcome:
    """Damage a copy of a home that has published a day, as many times, and run the next day."""
    settings, days = garden(scratch / "home", _DAYS)
    attempt(outcome_of, settings, days[-2])
    whole = attempt(outcome_of, copied(settings, scratch / "whole"), days[-1])
    chance, wrong, refused = random.Random(times), [], 0
    for number in range(times):
        home = copied(settings, scratch / "damaged")
        done = _DAMAGES[number % len(_DAMAGES)](home.warehouse_path, chance)
        told = attempt(outcome_of, home, days[-1])
        if _is_refusal(told):
            refused += 1
            told = attempt(_after_setting_aside, home, days[-1])
        if told.get("result") != whole["result"]:
            wrong.append(f"{done}: {told}")
        shutil.rmtree(home.home)
    counted = Outcome.counted(times - len(wrong), times, tuple(wrong))
    return Outcome(f"{counted.reached} ({refused} refused first)", counted.is_met, counted.faults)


def _is_refusal(told: dict[str, object]) -> bool:
    return told.get("kind") == "WarehouseBroken" and "shelduck rebuild" in str(told["error"])


def _after_setting_aside(settings: Settings, day: object) -> dict[str, str]:
    """What ``shelduck rebuild`` does before it runs the days again."""
    from ml.operations.rebuild import set_aside

    set_aside(settings)
    return outcome_of(settings, day)  # type: ignore[arg-type]


MEASURE = Measure(
    name="damage",
    title="warehouse file overwritten, cut, emptied, foreign, deleted: equal after a rerun, or refused and rebuilt",
    to_reach="40 of 40",
    full=40,
    quick=10,
    sample=0,  # tests/warehouse/test_damage.py has one of each
    run=damage_in_turn,
)
