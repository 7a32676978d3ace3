"""Commands as a person types them, in this process: what they print and how they end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import typer

from ml.cli import app, main
from ml.settings import Settings
from testkit.shop import write_shop

T = TypeVar("T")
HOSTILE: Final = (
    *("", " ", "..", "../../x", "/", "~nobody-of-that-name/x", "a\0b", "x" * 5000, "-1", "--", "-x", "0"),
    *(
        "1e999",
        "nan",
        "9" * 400,
        "2025-13-45",
        "0001-01-01",
        "1969-12-31",
        "9999-12-31",
        "2025-3-1",
        "2025-03-01T00:00",
    ),
    *("2025-03-01-x/../../..", "2025-03-01-0123456789ab", "yesterday", "[/bold] x", "[red]", "\x1b[31mred", "\r\n x"),
    *("\udcff", "'; drop table x; --", "%s %(x)s {0}", "null", "true", "[]", "{}", '["a"]', '{"a": {"b": 1}}', "٣"),
)
"""What nobody should type; a value that happens to fit is no fault."""
_SHARE: Final = 3
"""A third of them for each parameter and setting in ``make test``: all of them for each take a minute."""
_SANE: Final = {
    "as_of": "2024-01-01",  # not closed: nothing is computed
    "day": "2025-03-01",
    "path": "no-such-folder",
    "user_id": "s01",
    "item_id": "g01",
    "to": "2025-03-01",
    "reason": "prices were wrong",
    "recommender": "no_such_recommender",
    "table": "rules",
    "key": "no-such-rule",
    "kind": "movielens",
    "source": "no-such-export",
    "policy": "0",
    "name": "no_such_audience",
    "condition": "revenue_365d > 0",
    "question": "how many shoppers are at risk?",
    "audience export to": "csv",
    "brief": "no_such_brief",
    "part": "en/email/1@0a1b2c/email_subject",
    "text": "Hello",
}
_WRONG_ADVICE: Final = re.compile(r"shelduck rebuild|report the fault|Report this|UnexpectedError|Traceback")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Answer:
    """What a command printed and its exit status."""

    code: int
    output: str
    errors: str

    def fault(self) -> str | None:
        """What is wrong with it as an answer to a wrong argument or setting; None for a good answer."""
        if self.code not in (0, 1, 2):
            return f"exit status {self.code}"
        if self.code and not (self.errors + self.output).strip():
            return f"exit status {self.code} without a word"
        if told := _WRONG_ADVICE.search(self.output + self.errors):
            return f"{told.group(0)}: {self.errors[-400:]}"
        if _CONTROL.search(self.output + self.errors):
            return f"control characters: {self.errors[-300:]!r}"
        return None


def type_command(capsys: pytest.CaptureFixture[str], *words: str) -> Answer:
    """Run ``shelduck WORDS``."""
    capsys.readouterr()
    try:
        main(words)
        code: Any = 0
    except SystemExit as ended:
        code = ended.code or 0
    printed = capsys.readouterr()
    return Answer(int(code), printed.out, printed.err)


def shared_out(tried: Mapping[str, T], values: Sequence[str]) -> Iterator[Any]:
    """Cases of what is tried, by name: each with a share of the values, its neighbours have the others.

    Under the mark ``faults`` each has a case with all values.
    """
    for place, (name, each) in enumerate(tried.items()):
        yield pytest.param(each, values[place % _SHARE :: _SHARE], id=name)
        yield pytest.param(each, values, id=f"{name}-all", marks=pytest.mark.faults)


def parameters() -> Iterator[tuple[str, Any]]:
    """Every command's words with every parameter that takes a value."""
    for words, command in leaves().items():
        for parameter in command.params:
            if parameter.name != "help" and not getattr(parameter, "is_flag", False):
                yield words, parameter


def leaves() -> dict[str, Any]:
    """Every command by its words, those of groups with the group's."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}": inner[each] for each in inner} if inner else {name: command}
    return found


def words_with(command: str, parameter: Any, value: str) -> Sequence[str]:
    """The words of ``command`` with ``value`` for ``parameter`` and sane values for what else it requires."""
    options, arguments = [], []
    for each in leaves()[command].params:
        if each.name != parameter.name and not each.required:
            continue
        given = value if each.name == parameter.name else _SANE.get(f"{command} {each.name}") or _SANE[each.name]
        if each.param_type_name == "option":
            options.append(f"{each.opts[0]}={given}")
        else:
            arguments.append(given)
    return [*command.split(), *options, *(["--", *arguments] if arguments else [])]


def harmless_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with two closed days, and nothing that starts Airflow, MLflow or dbt."""
    settings = Settings(home=home)
    write_shop(settings.landing_dir, days=2, first_day=date(2024, 12, 1))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    for place in (
        "console.display.run_all",
        "operations.rebuild.run_dag",
        "console.display.start_services",
        "console.demo.run_demo",
        "console.demo.land_demo",
    ):
        monkeypatch.setattr(f"ml.{place}", lambda *_: None)
    monkeypatch.setattr("ml.console.showcase.show", lambda *_: None)
    monkeypatch.setattr("ml.warehouse.docs.write_docs", lambda settings: settings.home / "reports" / "x.html")
    return settings
