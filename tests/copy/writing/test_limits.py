"""A run asks again where that may help, and ends where its budget or its time does."""

from __future__ import annotations

import time
from decimal import Decimal

from ml.copy.writing.prompt import messages, most_tokens, prompt_tokens
from ml.copy.writing.run import LONGEST_RUN
from ml.model_budget import ModelBudget
from ml.settings import Settings
from testkit.copy_requests import ASKED, ask_and_land
from testkit.language_model import StandIn


def test_passing_failures_are_retried_with_growing_waits_and_no_others(settings: Settings, server: StandIn) -> None:
    waits: list[float] = []
    server.mode = "failing"
    ask_and_land(settings, ASKED[:1], sleep=waits.append)
    assert (waits, len(server.asked)) == ([1.0, 2.0], 3)
    server.mode = "busy"
    ask_and_land(settings, ASKED[:1], sleep=waits.append)
    assert waits[2:] == [7.0, 7.0], "as long as the server asks for"
    server.mode = "declining"
    ask_and_land(settings, ASKED[:1], sleep=waits.append)
    assert (len(waits), len(server.asked)) == (4, 7)


def test_a_budget_of_tokens_stops_the_run_before_it_is_passed(settings: Settings, server: StandIn) -> None:
    plenty = ask_and_land(settings.model_copy(update={"home": settings.home / "plenty"}))
    assert plenty.purse.prompt_tokens + plenty.purse.completion_tokens == len(ASKED) * 550
    server.asked.clear()
    longest = max(prompt_tokens(messages(each)) + most_tokens(each) for each in ASKED)
    limit = 2 * 550 + longest
    small = settings.model_copy(update={"llm_budget": ModelBudget(tokens=limit)})
    written = ask_and_land(small)
    spent = written.purse.prompt_tokens + written.purse.completion_tokens
    assert (len(server.asked), spent) == (3, 3 * 550) and spent <= limit
    assert written.reasons == {f"the run's budget of {limit:,} tokens is spent": 1}
    assert written.landed == 2 * len(server.asked), "what was paid for is landed"


def test_a_budget_of_money_stops_it_as_well(settings: Settings, server: StandIn) -> None:
    priced = ModelBudget(cost=Decimal("0.01"), prompt_price=Decimal("0.001"), completion_price=Decimal("0.01"))
    written = ask_and_land(settings.model_copy(update={"llm_budget": priced}))
    assert 0 < len(server.asked) < len(ASKED) and 0 < written.purse.cost <= Decimal("0.01")
    assert written.purse.cost == len(server.asked) * Decimal("0.0019")
    assert list(written.reasons) == ["the run's budget of 200,000 tokens or 0.01 USD is spent"]


def test_a_server_that_counts_no_tokens_is_counted_at_most(settings: Settings, server: StandIn) -> None:
    server.usage = None
    written = ask_and_land(settings, ASKED[:1])
    assert written.purse.prompt_tokens > 1000 and written.purse.completion_tokens == 500 + 2 * 178


def test_a_run_ends_before_its_task_would_be_ended(settings: Settings, server: StandIn) -> None:
    written = ask_and_land(settings, clock=lambda: 1_000.0 * len(server.asked))
    assert len(server.asked) == 3 and written.reasons == {"not asked: the run had taken 40 minutes": 1}


def test_an_attempt_takes_no_longer_than_the_run_has_left(settings: Settings, server: StandIn) -> None:
    server.mode, server.delay = "slow", 5.0  # a minute is what the settings allow for one answer
    waits: list[float] = []
    begun, first = time.monotonic(), iter((0.0,))
    near_the_end = LONGEST_RUN - 0.3
    written = ask_and_land(
        settings, clock=lambda: next(first, near_the_end + time.monotonic() - begun), sleep=waits.append
    )
    assert time.monotonic() - begun < 4 and len(server.asked) == 1 and sum(waits) < 1
    assert written.reasons == {
        "not asked: the run had taken 40 minutes": 3,
        "time-out after the time that was left": 1,
    }
