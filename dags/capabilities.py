"""The daily Airflow DAG of every capability that has no file of its own; ``ml.capabilities`` lists them."""

from pathlib import Path

from dags.common.factory import daily
from ml.capabilities import capabilities

for capability in capabilities():
    if not Path(__file__).with_name(f"{capability.daily_dag}.py").exists():
        daily(capability.name)
