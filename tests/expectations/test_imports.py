"""Importing Great Expectations: what no suite needs waits until somebody does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SUITES = Path(__file__).parents[2] / "expectations" / "suites"

LATER = f"""
import gc, sys
from pathlib import Path
from expectations.engine import load_suite

for folder in ("features", "recommend"):
    for suite in Path({str(SUITES)!r}, folder).glob("*.py"):
        load_suite(folder, suite.stem)
assert gc.isenabled()
seldom = (
    *("scipy.stats._stats_py", "altair.vegalite", "jsonschema.validators", "requests.sessions"),
    *("sqlalchemy", "psycopg2", "google.auth"),
    "great_expectations.data_context.data_context.abstract_data_context",
    "great_expectations.datasource.fluent.pandas_datasource",
)
assert not set(seldom) & set(sys.modules), f"imported: {{set(seldom) & set(sys.modules)}}"
import jsonschema.validators, scipy.stats, sqlalchemy
from requests.adapters import HTTPAdapter
from scipy import stats
assert stats.entropy([0.5, 0.5], [0.5, 0.5]) == 0 and scipy.stats.norm.cdf(0) == 0.5
assert sqlalchemy.create_engine and jsonschema.validators.Draft3Validator and HTTPAdapter
"""
JUDGES = """
import pandas
from expectations.imports import import_quietly
import_quietly()
import great_expectations as gx
import great_expectations.expectations as gxe
data = gx.get_context(mode="ephemeral").data_sources.add_pandas("one")
whole = data.add_dataframe_asset("all").add_batch_definition_whole_dataframe("whole")
batch = whole.get_batch({"dataframe": pandas.DataFrame({"price": [1.0, 2.0]})})
assert batch.validate(gxe.ExpectColumnSumToBeBetween(column="price", min_value=3, max_value=3)).success
"""


def error_of(program: str) -> str:
    """What a process of its own ended with; nothing where it ended well."""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return ended.stderr if ended.returncode else ""


def test_suites_leave_statistics_charts_databases_and_data_sources_to_whoever_uses_them() -> None:
    assert error_of(LATER) == ""


def test_what_waits_is_there_for_a_context_of_great_expectations() -> None:
    assert error_of(JUDGES) == ""
