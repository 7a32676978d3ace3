"""What a run may spend on a language model (setting SHELDUCK_LLM_BUDGET)."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

_PER: Decimal = Decimal(1000)


class ModelBudget(BaseModel):
    """At most ``tokens`` tokens and, where ``cost`` is given, that much money.

    Prices are per 1,000 tokens, of what is sent and of what is written, in ``currency``; 0 for a server of one's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    tokens: int = Field(default=200_000, ge=0, le=10**9)
    cost: Decimal | None = Field(default=None, ge=0, le=10**6, allow_inf_nan=False)
    prompt_price: Decimal = Field(default=Decimal(0), ge=0, le=10**3, allow_inf_nan=False)
    completion_price: Decimal = Field(default=Decimal(0), ge=0, le=10**3, allow_inf_nan=False)
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")

    def cost_of(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """What so many tokens cost, in ``currency``."""
        return (prompt_tokens * self.prompt_price + completion_tokens * self.completion_price) / _PER
