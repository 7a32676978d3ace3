"""kill -9 at every step of a publication or a rollback: readers never notice, and a rerun ends the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.publish import readers
from ml.publish.databases import DATABASE
from ml.publish.journal import publications
from ml.publish.rollback import rollback
from ml.publish.store import faults
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

MakeDraft = Callable[..., Path]
D0, D1, D2 = (date(2017, 12, day) for day in (1, 2, 3))
LAST_STEP = 200  # more than a publication has

CHILD = '''
"""Publishes one draft per home, or takes readers back to a day, each in a fork that dies at its own step."""
import os, signal, sys
from datetime import date
from pathlib import Path
from ml.publish.rollback import rollback
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

left = 0
def dying(function):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call

for name in ("replace", "fsync", "symlink", "link", "rmdir", "unlink", "mkdir", "chmod"):
    setattr(os, name, dying(getattr(os, name)))
verb, what, *homes = sys.argv[1:]
for home in map(Path, homes):
    child = os.fork()
    if child == 0:
        left = int(home.name)
        if verb == "publish":
            publish(Settings(home=home), RECOMMEND, home / "drafts" / "recommend" / what, provenance={})
        else:
            rollback(Settings(home=home), RECOMMEND, date.fromisoformat(what), who="ann", why="a test")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "ended", flush=True)
    if not os.WIFSIGNALED(status):
        break
'''


@pytest.mark.slow
@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.faults)])
def test_a_publication_killed_at_any_step_is_finished_by_a_rerun(
    settings: Settings, make_draft: MakeDraft, tmp_path: Path, every: int
) -> None:
    oldest, old = (publish(settings, RECOMMEND, make_draft(day), provenance={}) for day in (D0, D1))
    draft = make_draft(D2)
    homes = _copies(settings, tmp_path, every)
    new = publish(settings, RECOMMEND, draft, provenance={})
    killed_homes = _killed(homes, "publish", draft.name)
    assert len(killed_homes) * every > 60
    for home in killed_homes:
        killed = Settings(home=home)
        seen = readers.current_version(killed, RECOMMEND)
        assert seen.id in (old.version_id, new.version_id) and not faults(seen)
        assert (seen.folder / DATABASE).exists(), "readers of the database never miss it"
        rerun = publish(killed, RECOMMEND, home / "drafts" / "recommend" / draft.name, provenance={})
        assert (rerun.version_id, rerun.is_current) == (new.version_id, True)
        assert not faults(readers.current_version(killed, RECOMMEND))
        told = [line["version"] for line in publications(killed, RECOMMEND)]
        assert told == [oldest.version_id, old.version_id, new.version_id]
        assert _links(killed) == _links(settings), "each table's bytes once, the databases of the last two"
        leftovers = [*home.rglob(".tmp-*"), *home.rglob(".used-*"), *(home / "drafts" / "recommend").iterdir()]
        assert leftovers == []


@pytest.mark.slow
@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.faults)])
def test_a_rollback_killed_at_any_step_leaves_readers_a_database_and_is_finished_by_a_rerun(
    settings: Settings, make_draft: MakeDraft, tmp_path: Path, every: int
) -> None:
    oldest, _, newest = (publish(settings, RECOMMEND, make_draft(day), provenance={}) for day in (D0, D1, D2))
    homes = _copies(settings, tmp_path, every)
    rollback(settings, RECOMMEND, D0, who="ann", why="a test")
    killed_homes = _killed(homes, "rollback", str(D0))
    assert len(killed_homes) * every > 15
    for home in killed_homes:
        killed = Settings(home=home)
        seen = readers.current_version(killed, RECOMMEND)
        assert seen.id in (oldest.version_id, newest.version_id) and not faults(seen)
        assert (seen.folder / DATABASE).exists(), "readers of the database never miss it"
        rollback(killed, RECOMMEND, D0, who="ann", why="a test")
        assert readers.current_version(killed, RECOMMEND).id == oldest.version_id
        assert _links(killed) == _links(settings) and not list(home.rglob(".tmp-*"))


def _copies(settings: Settings, folder: Path, every: int) -> list[Path]:
    """Copies of the home, hard links and all, each named after the step at which it is to be killed."""
    homes = [folder / str(step) for step in range(1, LAST_STEP, every)]
    for home in homes:
        subprocess.run(["cp", "-a", settings.home, home], check=True)
    return homes


def _killed(homes: list[Path], verb: str, what: str) -> list[Path]:
    """The homes in which the work was killed; in the next one it ended before its step."""
    command = [sys.executable, "-c", CHILD, verb, what, *map(str, homes)]
    ends = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert ends == ["9"] * (len(ends) - 1) + ["ended"]
    return homes[: len(ends) - 1]


def _links(settings: Settings) -> list[tuple[str, int]]:
    """Every published file with the number of its hard links."""
    published = settings.published_of("recommend")
    found = [path for path in published.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted((str(path.relative_to(published)), path.stat().st_nlink) for path in found)
