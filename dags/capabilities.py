"""The Airflow DAGs of every capability that has no file of its own; ``ml.capabilities`` lists them."""

from pathlib import Path

from dags.common.factory import daily, review
from ml.capabilities import capabilities, learning

for capability in capabilities():
    if not Path(__file__).with_name(f"{capability.daily_dag}.py").exists():
        daily(capability.name)
for capability in learning():
    if not Path(__file__).with_name(f"{capability.review_dag}.py").exists():
        review(capability.name)
