"""Run as a script with a fresh Airflow home: types commands, then tells what a login may do, as JSON.

Standard input: ``{"commands": [[word, …], …], "user": name}``. The last two lines of the output, before and after the
last command: ``{"what": may, …}``.
"""

from __future__ import annotations

import json
import sys

from airflow.api_fastapi.app import create_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.cli.cli_parser import get_parser
from airflow.providers.fab.auth_manager.models import User
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from sqlalchemy import select


def main() -> None:
    asked = json.load(sys.stdin)
    initdb()
    *first, last = [["dags", "reserialize"], *asked["commands"]]  # the first is the DAG processor's work
    for words in first:
        _type(words)
    before = _allowed(asked["user"])
    _type(last)
    sys.stdout.write(f"\n{json.dumps(before)}\n{json.dumps(_allowed(asked['user']))}\n")


def _type(words: list[str]) -> None:
    arguments = get_parser().parse_args(words)
    arguments.func(arguments)


def _allowed(name: str) -> dict[str, bool]:
    manager = create_auth_manager()
    with create_session() as session:
        user = session.scalars(select(User).where(User.username == name)).one()

        def may(method: str, entity: DagAccessEntity | None, dag: str) -> bool:
            return bool(
                manager.is_authorized_dag(method=method, access_entity=entity, details=DagDetails(id=dag), user=user)
            )

        return {
            "read the question": may("GET", DagAccessEntity.HITL_DETAIL, "review_candidate"),
            "answer it": may("PUT", DagAccessEntity.HITL_DETAIL, "review_candidate"),
            "answer another DAG's": may("PUT", DagAccessEntity.HITL_DETAIL, "build_shelves"),
            "read a DAG": may("GET", None, "build_shelves"),
            "trigger a review": may("POST", DagAccessEntity.RUN, "review_candidate"),
            "trigger or backfill a day": may("POST", DagAccessEntity.RUN, "build_shelves"),
            "clear a task": may("PUT", DagAccessEntity.TASK_INSTANCE, "build_shelves"),
            "pause a DAG": may("PUT", None, "build_shelves"),
            "delete the review": may("DELETE", None, "review_candidate"),
            "propose a candidate": bool(manager.is_authorized_asset(method="POST", user=user)),
        }


if __name__ == "__main__":
    main()
