"""A published day of briefs in every state."""

from __future__ import annotations

import pytest

from ml.copy.capability import COPY
from ml.copy.pages.published import PublishedCopy
from ml.publish.readers import version_of_day
from ml.settings import Settings
from testkit.copy_days import publish_copy
from testkit.copy_shop import DAY


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedCopy:
    """The day."""
    settings = Settings(home=tmp_path_factory.mktemp("copy") / "var")
    publish_copy(settings)
    version = version_of_day(settings, COPY, DAY)
    assert version is not None
    return PublishedCopy(settings, version)
