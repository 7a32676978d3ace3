"""The passport of a prediction where no model was trained, where its snapshot is gone, and on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ml.capabilities import named
from ml.console.passports import as_json, passport_of, show_passport
from ml.day import compute_day
from ml.errors import NotPublished
from ml.predictions.columns import Customer, Prediction
from ml.predictions.passport.make import passport
from ml.predictions.passport.passport import Passport
from ml.publish.readers import current_version, read_table
from ml.publish.store import Version
from ml.publish.versions import publish
from ml.settings import Settings
from ml.terminal import PlainConsole
from ml.words import Language
from tests.predictions.people import AS_OF
from tests.predictions.snapshots import SHOP, snapshot

PREDICTIONS = named("predictions")
USER = "s0003"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(home=tmp_path_factory.mktemp("passports") / "var")
    draft = compute_day(made, PREDICTIONS, snapshot(made, AS_OF, arrivals=1))
    publish(made, PREDICTIONS, draft, provenance={"dag_run_id": "a run"})
    return made


@pytest.fixture(scope="module")
def version(settings: Settings) -> Version:
    return current_version(settings, PREDICTIONS)


def test_without_a_model_the_last_90_days_are_told(settings: Settings, version: Version) -> None:
    found = passport(settings, version, USER, Prediction.orders_90d)
    table = read_table(settings, PREDICTIONS, "customer_prediction", version.id)
    assert found.value == dict(table.select("user_id", Prediction.orders_90d).iter_rows())[USER]
    assert (found.contender, found.is_same, found.tenth, found.days) == ("last_90_days", True, None, 90)
    assert found.terms is not None
    told = {term.name: term.value for term in found.terms.terms}
    bought = sum(0 <= (AS_OF - day).days < 90 for day in SHOP.buys()[USER])
    assert told[Customer.purchase_days_90d] == bought > 0
    references = {each.name: each for each in found.references}
    assert references["dag_run"].value == "a run" and "policy 0" in str(references["model"].note)
    assert [(each.table, each.partitions) for each in found.landing] == [("interactions", 1)]
    assert not settings.mlflow_database.exists(), "nothing was asked of a registry that is not there"


def test_who_or_what_is_unknown_is_an_error_that_says_so(settings: Settings, version: Version) -> None:
    with pytest.raises(NotPublished, match=r"prediction churn: expected one of .*churn_probability"):
        passport(settings, version, USER, "churn")
    with pytest.raises(NotPublished, match="shopper a stranger: expected a prediction"):
        passport(settings, version, "a stranger", Prediction.churn)


@pytest.mark.parametrize(("language", "word"), [("en", "paid in 90 days"), ("zh", "90 天内消费")])
def test_why_prints_a_prediction_and_writes_it_as_json(
    settings: Settings, language: Language, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = passport_of(settings, USER, Prediction.spend_90d, None, "")
    assert isinstance(found, Passport)
    show_passport(PlainConsole(width=160), found, language)
    printed = capsys.readouterr().out
    assert word in printed and USER in printed
    plain = json.loads(as_json(found, language))
    assert plain["target"] == Prediction.spend_90d and plain["terms"]["terms"][0]["name"] == Customer.revenue_90d
    with pytest.raises(NotPublished, match="recommend"):
        passport_of(settings, USER, Prediction.spend_90d, None, "for_you")


def test_of_a_day_whose_snapshot_is_gone_the_published_figure_is_told_and_the_way_to_the_rest(
    settings: Settings, version: Version, tmp_path: Path
) -> None:
    copied = Settings(home=tmp_path / "var")
    shutil.copytree(settings.home, copied.home, symlinks=True)
    shutil.rmtree(copied.slices_dir)
    found = passport(copied, current_version(copied, PREDICTIONS), USER, Prediction.churn)
    assert found.value == passport(settings, version, USER, Prediction.churn).value
    assert (found.terms, found.is_same, found.by_contender) == (None, None, None)
    assert [f"shelduck run --as-of {AS_OF} --capability predictions" in str(note) for note in found.notes] == [True]
