"""When a customer counts as churned (setting SHELDUCK_CHURN)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Churn(BaseModel):
    """No purchase within the longer of ``days`` days and ``intervals`` of the customer's own usual intervals between
    purchases, and within no more than ``at_most`` days."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: int = Field(default=90, ge=7, le=366)
    intervals: float = Field(default=3.0, ge=0, le=100, allow_inf_nan=False)
    at_most: int = Field(default=180, ge=7, le=366)

    @model_validator(mode="after")
    def _ordered(self) -> Churn:
        if self.at_most < self.days:
            raise ValueError("at_most not below days")
        return self
