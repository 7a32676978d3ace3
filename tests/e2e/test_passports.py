"""Passports of days that the real DAGs published: every link of every chain leads somewhere."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.publish.readers import version_of_day
from ml.recommend.capability import RECOMMEND
from ml.recommend.passport.make import passport
from testkit.passports import Faults, absent_items, published_rows
from tests.e2e.conftest import Shop


def test_rows_and_absent_items_have_sound_passports(shop: Shop) -> None:
    version = version_of_day(shop.settings, RECOMMEND, shop.days[-1])
    assert version is not None
    asked = [*published_rows(version, 25, seed=1), *absent_items(shop.settings, version, 15, seed=1)]
    faults, steps = Faults(shop.settings), set[str]()
    for user, item, placement in asked:
        found = passport(shop.settings, version, user, item, placement)
        assert list(faults.of(found)) == []
        steps |= {place.step for place in found.places}
    links = {each.name for each in found.chain.references if each.value}
    assert links == {
        *("policy", "version", "model", "training_run", "training_dag_run", "promotion", "dag_run", "snapshot", "code")
    }
    assert faults.explained and faults.links > 50 and "shown" in steps and len(steps) > 2


def test_the_command_answers_for_a_past_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in shop.settings.environment().items():
        monkeypatch.setenv(variable, value)
    version = version_of_day(shop.settings, RECOMMEND, shop.days[0])
    assert version is not None
    ((user, item, placement),) = published_rows(version, 1, seed=2)
    words = ["why", user, item, "--as-of", str(shop.days[0]), "--placement", placement, "--json"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["version"] == version.id and found["places"][0]["is_same"] is True
