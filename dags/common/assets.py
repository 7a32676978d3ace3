"""What DAGs produce, as Airflow sees it; DAGs that react to a result are scheduled on these."""

from __future__ import annotations

from airflow.sdk import Asset

PUBLISHED_SHELVES = Asset(name="published_shelves", uri="shelduck://published/recommendation", group="shelduck")
CHAMPION_POLICY = Asset(name="champion_policy", uri="shelduck://models/shelf/champion", group="shelduck")
