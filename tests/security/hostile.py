"""Names, files and records that somebody prepared: what reads them neither follows them nor runs them."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

from ml.errors import ShelduckError
from ml.operations.services import running, stop
from ml.recommend.bundle import Bundle, Placement, read_bundle, write_bundle
from tests.security.place import CANARY, Place
from tests.security.probe import Probe

WHO = "hostile-files"


def _pid_file(text: Callable[[int], str]) -> Callable[[Place], str | None]:
    """``down`` must leave the program alone that a prepared pid file names."""

    def attempt(place: Place) -> str | None:
        path = place.settings.home / "run" / "probe.pid"
        path.parent.mkdir(exist_ok=True)
        with subprocess.Popen(["sleep", "30"], start_new_session=True, cwd=place.settings.home) as foreign:
            path.write_text(text(foreign.pid))
            told = running(place.settings, "probe") or stop(place.settings, "probe")
            ended = foreign.poll() is not None
            foreign.kill()
        return f"ended: {ended}, told: {told}" if ended or told else None

    return attempt


def _record(pid: int, born: str) -> str:
    return json.dumps({"pid": pid, "born": born, "command": ["airflow"], "port": 8080})


def _bundle(spoil: Callable[[Path, Place], None]) -> Callable[[Place], str | None]:
    """A folder of models that holds more than data is refused."""

    def attempt(place: Place) -> str | None:
        folder = place.parent / "bundle"
        subprocess.run(["rm", "-rf", folder], check=True)
        (folder / "popular").mkdir(parents=True)
        (folder / "popular" / "model.json").write_text("{}")
        used = Placement(recipe="popularity", folder="popular")
        write_bundle(folder, Bundle(trained_as_of=date(2025, 1, 1), placements={"for_you": used}))
        spoil(folder, place)
        try:
            return f"read: {read_bundle(folder)}"
        except ShelduckError:
            return None

    return attempt


def _pickle(folder: Path, place: Place) -> None:
    (folder / "popular" / "model.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")


def _code(folder: Path, place: Place) -> None:
    (folder / "popular" / "model.py").write_text("")


def _no_index(folder: Path, place: Place) -> None:
    (folder / "bundle.json").write_text("[" * 100_000)


def _command(*arguments: str) -> Callable[[Place], str | None]:
    """A command with a path or a query where a name belongs: an answer without the secret, and no traceback."""

    def attempt(place: Place) -> str | None:
        from typer.testing import CliRunner

        from ml.cli import app

        told = CliRunner().invoke(
            app,
            [argument.replace("{outside}", str(place.outside)) for argument in arguments],
            env={"SHELDUCK_HOME": str(place.settings.home)},
        )
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            text = f"{told.output}{told.exception or ''}"
        if CANARY in text:
            return text
        return None if told.exit_code else f"accepted: {text[:200]}"

    return attempt


PROBES: tuple[Probe, ...] = (
    Probe(WHO, "pid-number", "have `down` end a program by its number alone", _pid_file(str)),
    Probe(WHO, "pid-other-birth", "by its number and a wrong birth", _pid_file(lambda pid: _record(pid, "x 1"))),
    Probe(WHO, "pid-no-birth", "by its number and no birth", _pid_file(lambda pid: _record(pid, ""))),
    Probe(WHO, "pid-list", "by a list", _pid_file(lambda pid: f"[{pid}]")),
    Probe(WHO, "pid-group-of-all", "end every program by the number -1", _pid_file(lambda _: "-1")),
    Probe(WHO, "pid-own-group", "end itself by the number 0", _pid_file(lambda _: "0")),
    Probe(WHO, "pid-first", "end the machine's first program", _pid_file(lambda _: "1")),
    Probe(WHO, "bundle-pickle", "bring a pickle in a bundle of models", _bundle(_pickle)),
    Probe(WHO, "bundle-code", "bring code in a bundle of models", _bundle(_code)),
    Probe(WHO, "bundle-nested", "break the reader with nested brackets", _bundle(_no_index)),
    Probe(WHO, "shelf-path", "read a file as a shopper's shelf", _command("shelf", "../../outside/secret.txt")),
    Probe(WHO, "rollback-path", "roll readers back to a folder", _command("rollback", "../../outside", "--why", "x")),
    Probe(WHO, "close-path", "close a day that is a path", _command("close", "../../outside/planted")),
    Probe(WHO, "land-path", "load a day that is a query", _command("land", "--as-of", "2025-01-01'; attach 'x")),
)
