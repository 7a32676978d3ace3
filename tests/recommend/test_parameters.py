"""Parameters other than the defaults reach a recommender, and wrong ones are named."""

from __future__ import annotations

import pytest

from ml.errors import WrongParameter
from ml.recommend.experiment import recipe
from ml.recommend.models import RECOMMENDERS
from ml.recommend.models.ease import EASE
from ml.recommend.parameters import Between, OneOf, configured
from ml.recommend.protocol import Recommender
from ml.settings import Settings


def test_the_settings_parameters_reach_the_recommender_and_no_other() -> None:
    settings = Settings(parameters={"ease": {"penalty": 500}})
    assert recipe(settings, "ease").params == {"penalty": 500.0}
    assert recipe(settings, "buy_it_again").params == {"half_life": 90.0}


def test_a_parameter_it_does_not_have_is_named_with_those_it_has() -> None:
    with pytest.raises(WrongParameter, match=r"ease: expected one of penalty; found lambda\. Mend SHELDUCK_PARAMETERS"):
        configured(EASE, {"lambda": 500})


@pytest.mark.parametrize("value", ["500", True, None, [1]])
def test_a_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(WrongParameter, match=r"expected penalty as float, such as 300\.0"):
        configured(EASE, {"penalty": value})


@pytest.mark.parametrize("kind", RECOMMENDERS, ids=lambda kind: kind.name)
def test_a_space_is_of_parameters_it_has_and_holds_their_defaults(kind: type[Recommender]) -> None:
    defaults = kind().params
    for name, wanted in kind.space.items():
        assert defaults[name] in wanted
        ends = (wanted.low, wanted.high) if isinstance(wanted, Between) else wanted.values
        as_declared = [type(defaults[name])(end) for end in ends]
        assert [configured(kind, {name: end}).params[name] for end in as_declared] == as_declared


def test_ranges_know_what_they_hold() -> None:
    assert 3 in Between(1, 5) and 5.0 in Between(1, 5) and 6 not in Between(1, 5) and "3" not in Between(1, 5)
    assert "bm25" in OneOf("cosine", "bm25") and "other" not in OneOf("cosine", "bm25")
