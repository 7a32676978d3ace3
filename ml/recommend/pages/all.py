"""The pages of ``recommend`` in the site of a day."""

from __future__ import annotations

from collections.abc import Iterator

from ml.documents import Page
from ml.errors import ShelduckError
from ml.publish.store import Version
from ml.recommend.pages.models import models_page, unreachable_page
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.shelves import shelves_page
from ml.recommend.pages.trained import Trained
from ml.registry.client import may_have_models
from ml.registry.reached import reached
from ml.settings import Settings
from ml.words import Words


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Shelves and Models.

    Raises:
        NotPublished: the version cannot be read.
    """
    day = PublishedShelves(settings, version)
    yield shelves_page(day)
    yield _models(day)


def _models(day: PublishedShelves) -> Page:
    served = day.manifest.policy.get("model_version")
    if not may_have_models(day.settings):
        return unreachable_page(Words("There is no registry yet: rules decide.", "尚无模型注册表：由规则决定。"))
    try:
        with reached():
            return models_page(Trained(day.settings, day.version.as_of, served if isinstance(served, int) else None))
    except ShelduckError as missing:
        return unreachable_page(str(missing))
