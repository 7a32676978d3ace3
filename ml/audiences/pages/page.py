"""The pages of ``audiences`` in the site of a day."""

from __future__ import annotations

from collections.abc import Iterator

from ml.audiences.pages.audiences import audiences_page
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.segments import segments_page
from ml.documents import Page
from ml.publish.store import Version
from ml.settings import Settings


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Segments and Audiences.

    Raises:
        NotPublished: the version cannot be read.
    """
    day = PublishedAudiences(settings, version)
    yield segments_page(day)
    yield audiences_page(day)
