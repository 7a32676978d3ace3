"""Scoring by boosters loads LightGBM alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

_SCORES = """
import sys
from pathlib import Path
import numpy as np
from ml.boosters import loaded_booster

text, unused = Path(sys.argv[1]).read_text(), ("sklearn", "pandas")
found = loaded_booster(text).predict(np.array([[0.0], [9.0]]))
assert not [name for name in unused if name in sys.modules]
import pandas, sklearn.linear_model
print(*found.round(6))
"""


def test_a_booster_scores_without_libraries_that_take_a_second_to_load_and_they_can_be_loaded_later(
    tmp_path: Path,
) -> None:
    import lightgbm

    rows = np.arange(100.0)[:, None]
    learned = lightgbm.train({"verbose": -1}, lightgbm.Dataset(rows, rows[:, 0] > 5), 5)
    learned.save_model(tmp_path / "booster.txt")
    command = [sys.executable, "-c", _SCORES, str(tmp_path / "booster.txt")]

    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert [float(each) for each in told.split()] == learned.predict([[0.0], [9.0]]).round(6).tolist()
