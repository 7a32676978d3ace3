"""What ``shelduck audience preview`` costs: a synthetic shop is published, and previews are timed as new processes.

    python -m bench.preview                       # 250,000 shoppers
    python -m bench.preview --shoppers 2469
    python -m bench.preview --home FOLDER         # keep the shop there, or time one that is there already

Prints per condition the size of the audience, wall and CPU seconds of the quickest of three processes, from start to
exit, and the most memory that any took.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from ml.settings import Settings
from testkit.shoppers_of_day import PublishedShop, Sizes

CONDITIONS: Final = (
    "churn_probability between .4 and .8 and redemptions_365d > 0",
    "tag('tag_3') and churn_probability between .4 and .8 and redemptions_365d > 0",
    "segment('behaviour_1') or rfm('rfm_2') and not stage('lifecycle_3')",
    "on_shelf('for_you', category = 'CATEGORY 3', top 10)",
    "likely_to_buy(category = 'CATEGORY 3') > 20 %",
    "bought(category = 'CATEGORY 3', days = 90) >= 1",
    "tag('tag_3') and on_shelf('for_you', brand = 'CATEGORY 4') and likely_to_buy(category2 = 'CATEGORY 5') > 10 %",
)
_TIMES: Final = 3


def timed(home: Path, condition: str) -> tuple[int, float, float]:
    """Members, wall and CPU seconds of the quickest of a few processes."""
    words = [str(Path(sys.executable).with_name("shelduck")), "audience", "preview", condition, "--format", "json"]
    environment = os.environ | {"SHELDUCK_HOME": str(home), "SHELDUCK_ENV_FILE": os.devnull}
    taken, size = [], 0
    for _ in range(_TIMES):
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        answer = subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
        taken.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
        size = json.loads(answer)["size"] or 0
    return size, *min(taken)


def main() -> None:
    """Publish the shop, time the previews, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shoppers", type=int, default=250_000)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    home: Path = given.home or Path(tempfile.mkdtemp(prefix="shelduck-preview-")) / "var"
    if not home.exists():
        PublishedShop(Settings(home=home), Sizes(given.shoppers)).publish()
    table = Table("condition", "members", "wall s", "CPU s", title=f"{given.shoppers:,} shoppers")
    for condition in CONDITIONS:
        size, wall, cpu = timed(home, condition)
        table.add_row(condition, f"{size:,}", f"{wall:.2f}", f"{cpu:.2f}")
    console = Console()
    console.print(table)
    console.print(
        f"most memory of a process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10:,.0f} MiB"
    )


if __name__ == "__main__":
    main()
