"""Parameters other than the defaults reach a recommender, and wrong ones are named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.errors import WrongParameter
from ml.fingerprint import folder_fingerprint
from ml.recommend.core.interactions import Items
from ml.recommend.core.parameters import Between, OneOf, configured
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.judge import evaluate
from ml.recommend.evaluation.settings import USUAL
from ml.recommend.evaluation.split import Split
from ml.recommend.experiment import recipe
from ml.recommend.models.ease import EASE
from ml.recommend.recommenders import RECOMMENDERS
from ml.recommend.two_stage import ranking
from ml.settings import Settings
from tests.recommend.conftest import AS_OF, random_shop

SEEDED = [kind.name for kind in RECOMMENDERS if "seed" in kind().params]
THREADED = [kind.name for kind in RECOMMENDERS if "threads" in kind().params]


def test_the_settings_parameters_reach_the_recommender_and_no_other() -> None:
    settings = Settings(parameters={"ease": {"penalty": 500}})
    assert recipe(settings, "ease").params["penalty"] == 500.0
    assert recipe(settings, "buy_it_again").params == {"half_life": 90.0}


@pytest.mark.parametrize("name", SEEDED)
def test_the_settings_seed_reaches_it_unless_its_own_parameters_say_otherwise(name: str) -> None:
    assert recipe(Settings(seed=5), name).params["seed"] == 5
    assert recipe(Settings(seed=5, parameters={name: {"seed": 9}}), name).params["seed"] == 9


@pytest.mark.parametrize("name", THREADED)
def test_the_settings_threads_reach_it_unless_its_own_parameters_say_otherwise(name: str) -> None:
    assert recipe(Settings(threads=3), name).params["threads"] == 3
    assert recipe(Settings(threads=3, parameters={name: {"threads": 1}}), name).params["threads"] == 1


def test_seeds_and_threads_are_known_of_those_that_need_them() -> None:
    assert {"als", "bpr", "sasrec", "two_stage"} <= set(SEEDED)
    assert set(THREADED) == {"als", "two_stage"}


@pytest.mark.parametrize("name", THREADED)
def test_threads_change_neither_metrics_nor_the_saved_model(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_SMALL", 0)  # LightGBM gets its threads in a small shop too
    shop = random_shop(seed=3, users=150, items=60, events=7000)
    plants = Items(shop.frame.select("item_id").unique().with_columns(item_category=pl.col("item_id").str.slice(2)))
    split = Split.at(shop, plants, AS_OF - timedelta(days=14), 14)
    alone, many = (recipe(Settings(threads=threads), name) for threads in (1, 3))
    one, other = (evaluate(each, split) for each in (alone, many))
    for setting in USUAL:
        assert one.judged[setting].summary["ndcg_at_10"] > 0.01
        assert other.judged[setting].summary == pytest.approx(one.judged[setting].summary, abs=1e-4)
    for each, folder in ((alone, "one"), (many, "three")):
        each.save(tmp_path / folder)
    assert folder_fingerprint(tmp_path / "one") == folder_fingerprint(tmp_path / "three")


def test_a_parameter_it_does_not_have_is_named_with_those_it_has() -> None:
    with pytest.raises(
        WrongParameter, match=r"ease: expected one of penalty, most_rows; found lambda\. Mend SHELDUCK_PARAMETERS"
    ):
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
