"""A server that stands in for a language model, and a home that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ml.settings import Settings
from testkit.language_model import KEY, StandIn, running


@pytest.fixture(scope="session")
def one_server() -> Iterator[StandIn]:
    """One server for all tests of a worker."""
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def server(one_server: StandIn) -> StandIn:
    """The same, behaving well, with nothing asked yet."""
    one_server.mode, one_server.delay, one_server.usage, one_server.variants = "true", 0, (400, 150), None
    one_server.asked.clear()
    return one_server


@pytest.fixture
def settings(tmp_path: Path, server: StandIn) -> Settings:
    """A home whose model is the stand-in."""
    return Settings(
        home=tmp_path / "var", llm_url=SecretStr(server.address), llm_model="tiny", llm_api_key=SecretStr(KEY)
    )
