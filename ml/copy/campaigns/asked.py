"""What a campaign is asked for: the goal, limits, and what a person decides instead of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ml.copy.landing_rows import digest_of
from ml.errors import PlanRefused


class Goal(StrEnum):
    """What a campaign is for."""

    WIN_BACK = "win_back"
    GROW = "grow"
    CLEAR = "clear"
    WELCOME = "welcome"


class Step(StrEnum):
    """The steps of a plan, in their order."""

    AUDIENCE = "audience"
    PRODUCTS = "products"
    BRIEF = "brief"
    COPY = "copy"
    ESTIMATE = "estimate"
    PROPOSAL = "proposal"


STEPS: Final = tuple(Step)
_BESIDE_CONTENT: Final = frozenset({"most_steps"})


class Asked(BaseModel):
    """The parameters of a run.

    Attributes:
        audience_id, item_ids: what a person chose instead of the plan; None and empty: the plan chooses.
        products: how many the plan chooses.
        most_recipients: of the audience; None: any number.
        budget, cost_per_message: in ``currency``; a plan that costs more is refused.
        arms: variants that an experiment compares.
        most_steps: after which the plan stops, so that a person can look.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    goal: Goal
    as_of: date
    audience_id: str | None = None
    item_ids: tuple[str, ...] = ()
    products: int = Field(default=3, ge=1, le=20)
    most_recipients: int | None = Field(default=None, ge=1)
    budget: Decimal | None = Field(default=None, ge=0)
    cost_per_message: Decimal = Field(default=Decimal(0), ge=0)
    currency: str | None = None
    channel: Literal["email", "push", "sms", "ad", "banner"] | None = None
    language: Literal["en", "zh"] | None = None
    tone: Literal["plain", "warm", "lively", "formal"] = "plain"
    occasion: str | None = None
    occasion_zh: str | None = None
    percent_off: Decimal | None = Field(default=None, gt=0, le=100)
    code: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    send_date: date | None = None
    link: str | None = None
    arms: int = Field(default=3, ge=1, le=5)
    most_steps: int = Field(default=len(STEPS), ge=1, le=len(STEPS))

    @model_validator(mode="after")
    def _agrees(self) -> Asked:
        if self.currency is None and (self.budget is not None or self.cost_per_message):
            raise ValueError("currency: say in which currency budget and cost_per_message are")
        if self.goal is Goal.CLEAR and not self.item_ids:
            raise ValueError("item_ids: the goal clear needs the products that shall be sold")
        return self

    @property
    def plan_id(self) -> str:
        """The same for the same parameters."""
        content = self.model_dump(mode="json", exclude=set(_BESIDE_CONTENT))
        return f"{self.goal.value}_{self.as_of:%Y%m%d}_{digest_of(content, 8)}"

    def cost_of(self, recipients: int) -> Decimal:
        """Of one message to each."""
        return self.cost_per_message * recipients

    def limit_broken(self, recipients: int) -> str:
        """Which limit an audience of that size breaks, in words; empty where none."""
        if self.most_recipients is not None and recipients > self.most_recipients:
            return f"{recipients:,} members, more than the {self.most_recipients:,} allowed"
        if self.budget is not None and self.cost_of(recipients) > self.budget:
            return f"costs {money(self.cost_of(recipients))} of a budget of {money(self.budget)} {self.currency}"
        return ""


def asked_of(params: Mapping[str, Any]) -> Asked:
    """The parameters of a run, validated.

    Raises:
        PlanRefused: one does not fit; the message names it.
    """
    given = {name: value for name, value in params.items() if value not in (None, "", [])}
    try:
        return Asked.model_validate(given)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(map(str, first["loc"])) or "parameters"
        raise PlanRefused(
            "the campaign",
            expected="parameters that fit together",
            found=f"{name}: {first['msg'].removeprefix('Value error, ')}",
            remedy="Correct it in the form of plan_campaign",
        ) from None


def money(amount: Decimal) -> str:
    """An amount as people read it."""
    return f"{amount:,.2f}"
