"""Airflow's LocalExecutor without its log server: on one machine, every log is read from the disk."""

from __future__ import annotations

from typing import Any

from airflow.executors.local_executor import LocalExecutor


class DiskLogExecutor(LocalExecutor):  # type: ignore[misc]
    """Runs tasks as LocalExecutor does.

    Airflow's log servers listen on every address of the machine, which no setting changes, and while a task runs its
    page asks them with a signed token; whoever took their port first would get that token.
    """

    serve_logs = False

    def get_task_log(self, ti: Any, try_number: int) -> tuple[list[str], list[str]]:  # noqa: ARG002 - Airflow's names
        """No lines beside the file's, and the name of a source: Airflow then asks no log server."""
        return ["this machine's disk"], []
