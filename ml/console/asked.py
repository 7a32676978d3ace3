"""What ``shelduck ask`` prints."""

from __future__ import annotations

import json

from rich.console import Console

from ml.assistant.questions.answered import Answer
from ml.console import queries
from ml.warehouse.queries import Answer as Table


def show_answer(console: Console, found: Answer) -> None:
    """What the rows are, the table, the values and the SQL; of a declined question why, and what can be asked."""
    if found.is_declined:
        console.print(found.reason, highlight=False)
        for question in found.nearest:
            console.print(f"  {question}", highlight=False)
        return
    console.print(f"{found.phrase or found.means} ({found.as_of})", highlight=False)
    queries.write_table(console, Table(found.columns, iter(found.rows)))
    if not found.rows:
        console.print("no rows", style="dim")
    console.print(f"\n{found.sql}", style="dim", highlight=False, soft_wrap=True)


def write_answer(found: Answer) -> None:
    """The same as one JSON object."""
    out = queries.StandardOutput()
    out.write(json.dumps(found.document(), ensure_ascii=False, indent=2) + "\n")
