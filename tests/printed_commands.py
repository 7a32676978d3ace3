"""Finds the commands that the code's texts and the documentation name, so that tests can hold them to the parsers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACEHOLDER = "2025-03-01"
"""Stands for what a text fills in: a day to a parser of days, a name to any other."""
_ADVISED = re.compile(
    r"(?:(?<=: )|(?<=`)|(?<=\()|(?<=, then )|(?<=or run ))(?:[A-Z]+=\S+ |\.venv/bin/)?"
    r"(shelduck|make|airflow|mlflow) (?!\w+ says )"
)
"""Where a text tells what to type; elsewhere ``shelduck`` may be the subject of a sentence."""
_MENTIONED = re.compile(r"(?:\.venv/bin/)?(shelduck) ")
_END = re.compile(r"[,;()`]|\.(?:\s|$)|: |$| by hand| or | then | as | says | and ")


@dataclass(frozen=True)
class Command:
    """A command as a text names it, and where the text stands."""

    program: str
    words: tuple[str, ...]
    where: str


def advised() -> list[Command]:
    """Every command that a text of the code tells to type, placeholders filled in."""
    return [command for where, text in _texts(prose=False) for command in _found(_ADVISED, text, where)]


def mentioned() -> list[Command]:
    """Every ``shelduck <word>`` in any text of the code, docstrings included."""
    return [command for where, text in _texts(prose=True) for command in _found(_MENTIONED, text, where)]


def documented() -> list[Command]:
    """The commands of the documentation's console blocks."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for block in re.findall(r"```(?:console|bash|sh)?\n(.*?)```", page.read_text(), re.DOTALL):
            lines = [line.removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines()]
            for line in lines:
                words = re.match(r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(shelduck|make) ((?:\"[^\"]*\"|[^#|>&;\"])*)", line)
                if words and words.group(2).strip()[:1] not in ("", "…"):
                    arguments = tuple(re.sub(r"[<>]", "", words.group(2)).split())
                    found.append(Command(words.group(1), _filled(arguments), page.relative_to(ROOT).as_posix()))
    return found


def _texts(*, prose: bool) -> Iterator[tuple[str, str]]:
    """Strings and where they stand; docstrings only as ``prose``."""
    for folder in ("ml", "dags", "expectations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text())
            nodes = list(ast.walk(tree))
            inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
            docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
            begun = {id(node.left) for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)}
            for node in nodes:
                if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in inner:
                    if not prose and id(node) in docstrings:
                        continue
                    text = _text(node) + (PLACEHOLDER if id(node) in begun else "")
                    if text:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def _text(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = [part.value if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values]
    return "".join(str(part) for part in parts)


def _found(pattern: re.Pattern[str], text: str, where: str) -> Iterator[Command]:
    for match in pattern.finditer(text):
        rest = " ".join(text[match.end() :].split())
        end = _END.search(rest)
        words = tuple(rest[: end.start() if end else None].split())
        if words:
            yield Command(match.group(1), _filled(words), where)


def _filled(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(PLACEHOLDER if word.strip("'\"") in ("YYYY-MM-DD", "DAY") else word for word in words)
