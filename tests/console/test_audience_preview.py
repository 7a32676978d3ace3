"""A preview tells size, traits and examples of an audience before there is one, and nothing of one to be withheld."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.audiences.columns import Aud
from ml.settings import Settings
from testkit.conditions.hostile import HOSTILE
from testkit.shoppers_of_day import DAY, PURPOSE, TAGS, PublishedShop, Sizes
from tests.typed import Answer, type_command

_SHOPPERS = 400
Previewed = Callable[..., Answer]
_UNSPOKEN = "newsletter"
"""A purpose to which nobody has said yes or no; of PURPOSE every other shopper has said yes, the others no."""
_NOBODY = "revenue_365d < 0"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(home=tmp_path_factory.mktemp("preview") / "var", consent="assumed")
    PublishedShop(settings, Sizes(_SHOPPERS, shelves=5, probabilities=5, bought=5, items=200)).publish()
    return settings.home


@pytest.fixture
def previewed(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Previewed:
    """``previewed(condition, option, …)`` types the command; consent is assumed unless the test says otherwise."""
    monkeypatch.setenv("SHELDUCK_HOME", str(home))
    monkeypatch.setenv("SHELDUCK_CONSENT", "assumed")

    def preview(condition: str, *options: str, purpose: str = _UNSPOKEN) -> Answer:
        return type_command(capsys, "audience", "preview", condition, "--purpose", purpose, *options)

    return preview


def test_a_preview_tells_how_many_what_is_frequent_and_ten_of_them_with_the_reason(previewed: Previewed) -> None:
    answer = previewed("tag('tag_3') and revenue_365d > 0")
    assert answer.code == 0, answer.errors
    lines = answer.output.splitlines()
    having = _SHOPPERS * 5 // len(TAGS)
    assert lines[0] == f"as of {DAY}: tag('tag_3') and revenue_365d > 0"
    assert lines[1] == f"{having} of {_SHOPPERS} shoppers (25.0%)"
    assert "assumed of all who have not refused it" in lines[2]
    assert "tag tag 4" in answer.output  # those who have tag_3 have tag_4 more often than others
    examples = lines[lines.index("some of them, and why") + 1 :]
    assert len(examples) == 10 and all("tag tag 3; revenue in 365 days 0." in line for line in examples)


def test_json_holds_the_same_figures(previewed: Previewed) -> None:
    answer = previewed("tag('tag_3')", "--format", "json", "--as-of", str(DAY))
    told = json.loads(answer.output)
    assert (told[Aud.size], told[Aud.shoppers], told[Aud.share]) == (100, _SHOPPERS, 0.25)
    assert told[Aud.condition] == "tag('tag_3')" and told["as_of_date"] == str(DAY) and told["notes"] == []
    assert all(each[Aud.lift_low] > 1 and "tag 3" not in each["trait"] for each in told["traits"])
    assert len({each["user_id"] for each in told["examples"]}) == 10


def test_of_an_audience_to_be_withheld_neither_size_nor_traits_nor_members_are_told(previewed: Previewed) -> None:
    answer = previewed(_NOBODY)
    assert (
        "withheld: fewer than 20 shoppers fit (SHELDUCK_MINIMUM_AUDIENCE)" in answer.output
        and " shoppers (" not in answer.output
    )
    few = json.loads(previewed("tag('tag_3') and revenue_365d > .9", "--format", "json").output)
    assert few[Aud.size] is few[Aud.share] is few[Aud.without_consent] is None
    assert few[Aud.withheld] and few["traits"] == few["examples"] == []


def test_without_a_consent_nobody_is_counted(previewed: Previewed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_CONSENT", "landed")
    told = json.loads(previewed("tag('tag_3')", "--format", "json", purpose=PURPOSE).output)
    granted = [number for number in range(_SHOPPERS) if number % 2 == 0]
    members = [number for number in granted if 3 in {(number * 7 + place) % len(TAGS) for place in range(5)}]
    assert (told[Aud.size], told[Aud.without_consent]) == (len(members), 100 - len(members))
    assert told[Aud.consent] == "granted" and all(int(each["user_id"][1:]) % 2 == 0 for each in told["examples"])
    nobody = " ".join(previewed("tag('tag_3')").output.split())
    assert f"withheld: fewer than 20 of those who fit have given consent to {_UNSPOKEN}" in nobody


def test_who_has_refused_an_assumed_consent_is_not_counted(previewed: Previewed) -> None:
    told = json.loads(previewed("revenue_365d >= 0", "--format", "json", purpose=PURPOSE).output)
    assert told[Aud.consent] == "assumed" and (told[Aud.size], told[Aud.without_consent]) == (_SHOPPERS // 2,) * 2
    asked = [f"consent('{PURPOSE}')", f"consent('{_UNSPOKEN}')"]
    sizes = [json.loads(previewed(each, "--format", "json").output)[Aud.size] for each in asked]
    assert sizes == [_SHOPPERS // 2, _SHOPPERS]


@pytest.mark.parametrize(
    "condition",
    [
        "segment('behaviour_1')",
        "rfm('rfm_1')",
        "stage('lifecycle_1')",
        f"consent('{PURPOSE}')",
        "on_shelf('for_you', category = 'CATEGORY 3', top 2) or on_shelf('for_you', category2 = 'CATEGORY 4')",
        "likely_to_buy(brand = 'CATEGORY 3') > 0",
        "bought(category = 'CATEGORY 3') > 0",
    ],
)
def test_the_published_tables_answer_every_function(previewed: Previewed, condition: str) -> None:
    answer = json.loads(previewed(condition, "--format", "json").output)
    assert 20 <= answer[Aud.size] <= _SHOPPERS


def test_a_fault_is_told_with_its_place_below(previewed: Previewed) -> None:
    answer = previewed("tag('tag_3') and revenu_365d > 3")
    assert answer.code == 1 and answer.fault() is None
    assert "Did you mean revenue_365d?" in " ".join(answer.errors.split())
    assert answer.errors.endswith(f"  tag('tag_3') and revenu_365d > 3\n  {' ' * 17}^\n")


def test_hostile_conditions_are_answered(previewed: Previewed) -> None:
    faults = {text: fault for text in HOSTILE[::7] if (fault := previewed(text).fault())}
    assert faults == {} and len(HOSTILE[::7]) > 10


def test_a_tag_of_a_day_without_tags_is_told_with_the_command_that_makes_them(
    previewed: Previewed, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublishedShop, "_replace", lambda *_: None)
    monkeypatch.setenv("SHELDUCK_HOME", str(home.parent / "untagged"))
    PublishedShop(Settings(), Sizes(30, items=10)).publish()
    told = " ".join(previewed("tag('tag_3')").errors.split())
    assert f"shelduck run --as-of {DAY} --capability audiences" in told


def test_a_day_that_is_not_published_is_told_with_the_command_that_publishes_it(previewed: Previewed) -> None:
    answer = previewed("tag('tag_3')", "--as-of", "2024-12-31")
    assert answer.code == 1 and "shelduck run --as-of 2024-12-31" in " ".join(answer.errors.split())
