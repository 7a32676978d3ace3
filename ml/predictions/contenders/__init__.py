"""The contenders for a target, the simplest first: what is not significantly worse and simpler serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ml.errors import ModelMissing
from ml.predictions.contenders.base import Contender, Fitted
from ml.predictions.contenders.boosted import Boosted
from ml.predictions.contenders.buy_till_you_die import BuyTillYouDie
from ml.predictions.contenders.last_quarter import LastQuarter
from ml.predictions.contenders.mean import Mean
from ml.predictions.contenders.recency_frequency import RecencyFrequency

CONTENDERS: Final[tuple[type[Contender], ...]] = (Mean, LastQuarter, RecencyFrequency, BuyTillYouDie, Boosted)
BY_NAME: Final = {each.name: each for each in CONTENDERS}


def restored(name: str, content: Mapping[str, Any]) -> Fitted:
    """A fitted contender from its content.

    Raises:
        ModelMissing: no contender is called so.
    """
    if name not in BY_NAME:
        raise ModelMissing(
            f"contender {name}",
            expected=f"one of {', '.join(BY_NAME)}",
            found=name,
            remedy="Train with this release: shelduck train --as-of YYYY-MM-DD --capability predictions",
        )
    return BY_NAME[name].restored(content)
