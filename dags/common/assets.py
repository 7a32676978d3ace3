"""What DAGs produce, as Airflow sees it; DAGs that react to a result are scheduled on these."""

from __future__ import annotations

from airflow.sdk import Asset


def published(capability: str) -> Asset:
    """A capability's published tables."""
    return Asset(name=f"published_{capability}", uri=f"shelduck://published/{capability}", group="shelduck")


def candidate(capability: str) -> Asset:
    """The model versions on which a person should decide."""
    return Asset(name=f"candidate_{capability}", uri=f"shelduck://models/{capability}/candidate", group="shelduck")


def champion(capability: str) -> Asset:
    """The model versions with which a capability decides."""
    return Asset(name=f"champion_{capability}", uri=f"shelduck://models/{capability}/champion", group="shelduck")


def copy_to_decide() -> Asset:
    """Marketing texts about which a person is to be asked again: their last answer could not be taken."""
    return Asset(name="copy_to_decide", uri="shelduck://copy/to_decide", group="shelduck")
