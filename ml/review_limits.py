"""How much worse than the champion a candidate may be before its review says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ReviewLimits(BaseModel):
    """Each a share of the champion's figure; those of quality count only what is beyond chance.

    Attributes:
        quality: of the lists of a placement, over all shoppers.
        segments: of the same within one group of shoppers.
        newcomers: of the lists of shoppers who had bought nothing.
        coverage: of the items that are shown to somebody.
        popularity: by which the shown items may be more popular.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quality: Share = 0.01
    segments: Share = 0.05
    newcomers: Share = 0.05
    coverage: Share = 0.2
    popularity: Share = 0.2
