"""What ``shelduck ask`` prints."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

from ml.assistant.questions.answered import Answer
from ml.assistant.retrieval.answering import CitedAnswer
from ml.console import queries
from ml.escape import visible
from ml.warehouse.queries import Answer as Table

_LINE_END = "\n"


def show_answer(console: Console, found: Answer) -> None:
    """What the rows are, the table, the values and the SQL; of a declined question why, and what can be asked."""
    if found.is_declined:
        console.print(visible(found.reason), markup=False, highlight=False)
        for question in found.nearest:
            console.print(f"  {visible(question)}", markup=False, highlight=False)
        return
    console.print(f"{visible(found.phrase or found.means)} ({found.as_of})", markup=False, highlight=False)
    queries.write_table(console, Table(found.columns, iter(found.rows)))
    if not found.rows:
        console.print("no rows", style="dim")
    console.print(f"\n{visible(found.sql, keep=_LINE_END)}", style="dim", markup=False, highlight=False, soft_wrap=True)


def show_cited(console: Console, found: CitedAnswer) -> None:
    """The words of the passage and where they stand; of a declined question why."""
    if found.declined:
        console.print(found.declined, highlight=False)
        return
    console.print(visible(found.text), markup=False, highlight=False)
    stands = ", ".join(each for each in (found.title, found.source, found.link) if each)
    console.print(f"\n{visible(stands)} ({found.version})", style="dim", markup=False, highlight=False, soft_wrap=True)


def write_answer(found: dict[str, Any]) -> None:
    """Either as one JSON object."""
    out = queries.StandardOutput()
    out.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
