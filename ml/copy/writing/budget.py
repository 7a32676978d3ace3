"""What a run has spent on a language model, and whether one more question fits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ml.model_budget import ModelBudget


@dataclass
class Purse:
    """Counts tokens. A question is asked only where it fits at its longest, so that a run stays below its budget
    whatever is answered."""

    budget: ModelBudget
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def fits(self, prompt: int, completion: int) -> bool:
        """Whether a question that may cost so many tokens may be asked."""
        sent, written = self.prompt_tokens + prompt, self.completion_tokens + completion
        if sent + written > self.budget.tokens:
            return False
        return self.budget.cost is None or self.budget.cost_of(sent, written) <= self.budget.cost

    def spend(self, prompt: int, completion: int) -> None:
        """Count what a question came to."""
        self.prompt_tokens += prompt
        self.completion_tokens += completion

    @property
    def cost(self) -> Decimal:
        """What was spent, in the budget's currency."""
        return self.budget.cost_of(self.prompt_tokens, self.completion_tokens)

    @property
    def spent(self) -> str:
        """Why nothing more is asked."""
        money = "" if self.budget.cost is None else f" or {self.budget.cost} {self.budget.currency}"
        return f"the run's budget of {self.budget.tokens:,} tokens{money} is spent"
