"""What the code tells a person to type exists: command, options, required arguments, targets of make."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import click
import pytest
import typer

from ml.cli import app
from tests.printed_commands import ROOT, Command, advised, documented, mentioned

SHELDUCK = typer.main.get_command(app)


def _parse_click(group: object, words: list[str]) -> None:
    """As the command would be parsed, without being called."""
    command, name = group, ""
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
    if words != ["--help"]:
        command.make_context(name, words)  # type: ignore[attr-defined]


def _parse_shelduck(words: list[str]) -> None:
    _parse_click(SHELDUCK, words)


def _parse_mlflow(words: list[str]) -> None:
    from mlflow.cli import cli

    _parse_click(cli, words)


def _parse_make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert words[0] in targets, f"there is no target {words[0]}"


def _parse_airflow(words: list[str]) -> None:
    from airflow.cli.cli_parser import get_parser

    get_parser().parse_args(words)


PARSERS: dict[str, Callable[[list[str]], None]] = {
    "shelduck": _parse_shelduck,
    "make": _parse_make,
    "airflow": _parse_airflow,
    "mlflow": _parse_mlflow,
}


def _fault(command: Command) -> str | None:
    """What the parser says against it."""
    try:
        PARSERS[command.program](shlex.split(" ".join(command.words)))
    except SystemExit as refused:
        return f"{command.where}: {' '.join(command.words)}: {refused}" if refused.code else None
    except (AssertionError, click.ClickException, typer.BadParameter, ValueError) as refused:
        return f"{command.where}: {command.program} {' '.join(command.words)}: {refused}"
    except Exception as refused:  # typer's own copy of click has exceptions of its own
        return f"{command.where}: {command.program} {' '.join(command.words)}: {refused!r}"
    return None


def test_every_command_that_the_code_advises_can_be_typed() -> None:
    found = advised()
    assert {command.program for command in found} == set(PARSERS) and len(found) > 50
    assert [fault for command in found if (fault := _fault(command))] == []


def test_every_command_of_the_documentation_can_be_typed() -> None:
    found = documented()
    assert len(found) > 10
    assert [fault for command in found if (fault := _fault(command))] == []


def test_every_word_after_shelduck_in_a_text_is_a_command() -> None:
    found = mentioned()
    assert len(found) > 80
    known = set(SHELDUCK.commands) | {"--help"}  # type: ignore[attr-defined]
    assert {f"{command.where}: {command.words[0]}" for command in found if command.words[0] not in known} == set()


@pytest.mark.parametrize(
    "wrong", ["rollback --release", "train", "releas --why x", "run --as-of yesterday", "run --as-of 2025-03-01 --up"]
)
def test_a_command_that_does_not_exist_would_be_found(wrong: str) -> None:
    assert _fault(Command("shelduck", tuple(wrong.split()), "here"))


@pytest.mark.parametrize(("program", "wrong"), [("make", "dmo"), ("airflow", "db clen"), ("mlflow", "db upgrade")])
def test_a_wrong_command_of_another_tool_would_be_found(program: str, wrong: str) -> None:
    assert _fault(Command(program, tuple(wrong.split()), "here"))
