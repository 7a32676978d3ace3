"""Whatever a page names has a name in both languages."""

from __future__ import annotations

import pytest

from ml.documents import shown
from ml.placements import SHOP, VIEWED_ONCE
from ml.recipes import RECIPES as USUAL
from ml.recommend.evaluation.groups import BANDS
from ml.recommend.evaluation.settings import SETTINGS as JUDGED
from ml.recommend.explanations import reasons
from ml.recommend.pages.features import about, plain_name
from ml.recommend.pages.words import GROUPS, PLACEMENTS, REASONS, RECIPES, SETTINGS, SOURCES
from ml.recommend.two_stage.candidates import SOURCES as GENERATORS
from ml.recommend.two_stage.day_features import feature_names
from ml.recommend.two_stage.features import SCORES
from ml.warehouse.feature_columns import ranker_columns
from ml.words import LANGUAGES


def test_every_feature_that_a_ranker_learns_from_has_a_plain_name_of_its_own() -> None:
    columns = {table.removeprefix("feat_"): names for table, names in ranker_columns().items()}
    features = [*feature_names(columns), *SCORES]
    assert len(features) > 70
    for language in LANGUAGES:
        told = {
            feature: f"{shown(plain_name(feature), language)} {shown(about(feature), language)}" for feature in features
        }
        assert [feature for feature, name in told.items() if "_" in name] == []
        own = {
            feature: name
            for feature, name in told.items()
            if feature.partition(".")[0] in ("item", "user", "user_item")
        }
        assert len({*own.values()}) == len(own)
    assert str(plain_name("user_item.days_since_last_purchase")) == "days since last purchase"
    assert plain_name("user_item.of_a_plugin") == "user_item.of_a_plugin"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([each.name for each in (*SHOP, *VIEWED_ONCE)], PLACEMENTS),
        ([reasons.BOUGHT_BEFORE, reasons.SIMILAR_TO, reasons.POPULAR, reasons.NEW_IN_CATEGORY], REASONS),
        (GENERATORS, SOURCES),
        (USUAL, RECIPES),
        (JUDGED, SETTINGS),
        (BANDS.values(), GROUPS),
    ],
)
def test_every_value_has_a_name(values: list[str], names: dict[str, object]) -> None:
    assert values and set(values) <= set(names)
