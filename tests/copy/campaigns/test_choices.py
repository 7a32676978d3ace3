"""The plan chooses the audience that is worth most to the goal and products that reach it, and says why not others."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from ml.copy.campaigns.asked import Asked, Goal, asked_of
from ml.copy.campaigns.audiences import alternatives, chosen_audience
from ml.copy.campaigns.products import chosen_products, weighed_products
from ml.errors import PlanRefused
from ml.tables import Col
from testkit.campaign_shop import (
    EVERYBODY,
    LEAVING,
    LOYAL,
    LURE,
    MEMBERS,
    NEW,
    RARE,
    SMALL,
    TEA,
    TWIN,
    WINE,
    lists,
    published,
)

DAY = "2026-03-01"


def _asked(goal: Goal = Goal.WIN_BACK, **more: object) -> Asked:
    return asked_of({"goal": goal, "as_of": DAY, **more})


def _lists_of(audience: str) -> pl.DataFrame:
    return lists().filter(pl.col(Col.user_id).is_in(list(MEMBERS[audience])))


@pytest.mark.parametrize(
    ("goal", "best", "more"),
    [
        (Goal.WIN_BACK, LEAVING, {}),
        (Goal.GROW, LOYAL, {}),
        (Goal.WELCOME, NEW, {}),
        (Goal.CLEAR, LEAVING, {"item_ids": [WINE]}),
    ],
)
def test_each_goal_finds_those_who_are_worth_most_to_it(goal: Goal, best: str, more: dict[str, object]) -> None:
    record = chosen_audience(published(), _asked(goal, **more))
    assert record.chosen["audience_id"] == best
    verdicts = {each.audience_id: each.verdict for each in alternatives(published(), _asked(goal, **more))}
    assert verdicts.pop(best) == "chosen" and len(verdicts) == 4 and all(verdicts.values())
    assert verdicts[EVERYBODY] == "its members are not clearly worth more to the goal than everybody"


def test_a_handful_by_chance_does_not_win_over_a_group_that_is_certain() -> None:
    varied = published()
    assert varied.predictions is not None
    lucky = pl.when(pl.col(Col.user_id) == "s000").then(20000.0).otherwise(pl.col("historic_clv"))
    varied = replace(varied, predictions=varied.predictions.with_columns(lucky.alias("historic_clv")))
    weighed = {each.audience_id: each for each in alternatives(varied, _asked())}
    small, leaving = weighed[SMALL], weighed[LEAVING]
    assert small.lift and leaving.lift and small.lift > leaving.lift
    assert leaving.verdict == "chosen" and small.verdict.startswith("its members are not clearly")


def test_limits_rule_audiences_out_before_anything_is_landed_and_say_so() -> None:
    limits = {"most_recipients": 100, "budget": 3, "cost_per_message": "0.1", "currency": "USD"}
    weighed = {each.audience_id: each.verdict for each in alternatives(published(), _asked(**limits))}
    assert weighed[EVERYBODY] == "200 members, more than the 100 allowed"
    assert weighed[LEAVING] == "costs 4.00 of a budget of 3.00 USD" and weighed[SMALL] == "chosen"
    with pytest.raises(PlanRefused, match=r"within the limits; found .*leaving: costs 4\.00.*Change the limits"):
        chosen_audience(published(), _asked(**limits | {"budget": "0.1"}))


def test_what_a_person_names_is_taken_without_predictions_but_not_beyond_the_limits() -> None:
    bare = published(with_predictions=False)
    record = chosen_audience(bare, _asked(audience_id=LOYAL))
    assert record.chosen == {"audience_id": LOYAL, "size": 80} and "named by a person" in record.summary
    with pytest.raises(PlanRefused, match="loyal: 80 members, more than the 10 allowed"):
        chosen_audience(bare, _asked(audience_id=LOYAL, most_recipients=10))
    with pytest.raises(PlanRefused, match="withheld: it has fewer than 20 members"):
        chosen_audience(published(withheld=SMALL), _asked(audience_id=SMALL))
    with pytest.raises(PlanRefused, match="a person named another"):
        chosen_audience(bare, _asked(audience_id="nobody"))


def test_without_predictions_the_plan_says_what_to_run_instead_of_guessing() -> None:
    for goal, capability in ((Goal.WIN_BACK, "predictions"), (Goal.WELCOME, "profile")):
        with pytest.raises(PlanRefused, match=f"shelduck run --as-of {DAY} --capability {capability}"):
            chosen_audience(published(with_predictions=False), _asked(goal))


def test_the_evidence_of_the_audience_shows_every_alternative_and_escapes_the_shops_words() -> None:
    text = chosen_audience(published(withheld=NEW), _asked(cost_per_message="0.05", currency="EUR")).text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 6 and rows[1].startswith("| leaving | Leaving | 40 | 2.00 |")
    assert "| new | New | – | – | – | – | withheld\\: it has fewer than 20 members |" in rows
    assert "tag \\| Likely to leave (50% of members, 10% of all)" in text


def test_products_reach_members_whom_those_before_do_not() -> None:
    record = chosen_products(published(), _asked(products=2), LEAVING)
    assert record.chosen == {"item_ids": [WINE, TEA], "reached": 38}
    verdicts = {each.item_id: each.verdict for each in weighed_products(_lists_of(LEAVING), 2)}
    assert verdicts[WINE] == "chosen: 30 members more" and verdicts[TEA] == "chosen: 8 members more"
    assert verdicts[TWIN] == "a chosen product is called the same"
    assert verdicts[RARE] == "on the list of one member alone"
    assert verdicts[LURE] == "its name is no plain name", "it holds an offer"
    assert "| wine | Alpine Red | 30 | 30 | 120 | chosen\\: 30 members more |" in record.text


def test_products_that_a_person_names_keep_their_order() -> None:
    record = chosen_products(published(), _asked(item_ids=[RARE, WINE, RARE]), LEAVING)
    assert record.chosen["item_ids"] == [RARE, WINE] and "named by a person" in record.text


def test_an_audience_without_common_products_is_refused() -> None:
    with pytest.raises(PlanRefused, match="a product on the lists of 2 members; found none"):
        chosen_products(replace(published(), lists=lists().clear()), _asked(), NEW)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"budget": 10}, "currency: say in which currency"),
        ({"goal": "clear"}, "the goal clear needs the products"),
        ({"goal": "conquer"}, "goal: "),
        ({"as_of": "yesterday"}, "as_of: "),
        ({"arms": 9}, "arms: "),
        ({"cost_per_message": -1}, "cost_per_message: "),
    ],
)
def test_parameters_that_do_not_fit_are_named(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(PlanRefused, match=told):
        _asked(**{"goal": Goal.WIN_BACK, **wrong})  # type: ignore[arg-type]
