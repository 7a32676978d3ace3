"""kill -9 at every step of a publication: readers never notice, and a rerun ends the same."""

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
from ml.publish.store import faults
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

MakeDraft = Callable[..., Path]
D0, D1, D2 = (date(2017, 12, day) for day in (1, 2, 3))
LAST_STEP = 200  # more than a publication has

CHILD = '''
"""Publishes one draft per home, each in a fork that dies at its own step."""
import os, signal, sys
from pathlib import Path
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
draft, homes = sys.argv[1], [Path(home) for home in sys.argv[2:]]
for home in homes:
    child = os.fork()
    if child == 0:
        left = int(home.name)
        publish(Settings(home=home), RECOMMEND, home / "drafts" / "recommend" / draft, provenance={})
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "ended", flush=True)
    if not os.WIFSIGNALED(status):
        break
'''


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.faults)])
def test_a_publication_killed_at_any_step_is_finished_by_a_rerun(
    settings: Settings, make_draft: MakeDraft, tmp_path: Path, every: int
) -> None:
    oldest, old = (publish(settings, RECOMMEND, make_draft(day), provenance={}) for day in (D0, D1))
    draft = make_draft(D2)
    homes = [tmp_path / str(step) for step in range(1, LAST_STEP, every)]
    for home in homes:
        subprocess.run(["cp", "-a", settings.home, home], check=True)  # hard links stay hard links
    new = publish(settings, RECOMMEND, draft, provenance={})
    command = [sys.executable, "-c", CHILD, draft.name, *map(str, homes)]
    ends = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    kills = ends.index("ended")
    assert kills * every > 60 and ends == ["9"] * kills + ["ended"]
    for home in homes[:kills]:
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


def _links(settings: Settings) -> list[tuple[str, int]]:
    """Every published file with the number of its hard links."""
    published = settings.published_of("recommend")
    found = [path for path in published.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted((str(path.relative_to(published)), path.stat().st_nlink) for path in found)
