"""Which edits of this checkout change the code revision of the recommendations, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from ml.audiences.capability import AUDIENCES
from ml.capabilities import capabilities
from ml.capability import Capability
from ml.code.revision import code_revision, covered, revision
from ml.code.sources import Sources, read_sources
from ml.errors import CodeMissing
from ml.recommend.capability import RECOMMEND
from ml.tables import Table

SOURCES: Final = read_sources()
BASE: Final = revision(SOURCES, RECOMMEND)


def _edited(path: str, added: str) -> Sources:
    assert SOURCES[path]
    return {**SOURCES, path: f"{SOURCES[path]}\n{added}\n"}


def _below(*folders: str) -> Sequence[str]:
    return sorted(path for path in SOURCES if path.startswith(folders) and SOURCES[path].strip())


def test_no_command_page_check_of_the_doctor_or_adapter_changes_it() -> None:
    apart = _below(
        "ml/cli.py",
        "ml/console/",
        "ml/pages/",
        "ml/operations/",
        "ml/landing/adapters/",
        "ml/commands/",
        "ml/terminal.py",
    )
    assert len(apart) > 40
    for part in ("ml/cli.py", "ml/pages/", "ml/operations/doctor/", "ml/landing/adapters/"):
        assert any(path.startswith(part) for path in apart)
    assert [path for path in apart if revision(_edited(path, "# edited"), RECOMMEND) != BASE] == []


def test_no_page_of_a_capability_and_no_diff_changes_it() -> None:
    apart = _below("ml/recommend/pages/", "ml/recommend/changes/", "ml/profile/pages/", "ml/charts/")
    assert len(apart) > 20
    for capability in capabilities():
        base = revision(SOURCES, capability)
        assert [path for path in apart if revision(_edited(path, "# edited"), capability) != base] == []


def test_what_is_handed_to_other_tools_decides_nothing() -> None:
    counted = covered(SOURCES, replace(AUDIENCES, outputs=()))
    assert _below("ml/audiences/export/") and "ml/audiences/outputs.py" in counted
    assert [path for path in counted if path.startswith("ml/audiences/export/")] == []


def test_a_page_counts_where_a_module_that_decides_imports_it() -> None:
    sources = _edited("ml/recommend/daily.py", "from ml.recommend.pages import words")
    edited = {**sources, "ml/recommend/pages/words.py": "# other words"}
    assert revision(edited, RECOMMEND) != revision(sources, RECOMMEND)


@pytest.mark.parametrize(
    "path",
    [
        "ml/recommend/models/als.py",
        "ml/recommend/rules/slate_filler.py",
        "ml/recommend/daily.py",
        "ml/recommend/__init__.py",
        "ml/registry/bundle.py",
        "ml/publish/draft.py",
        "ml/warehouse/export.py",
        "ml/settings.py",
        "ml/errors.py",
        "ml/tables.py",
        "expectations/suites/features/feat_user.py",
        "expectations/suites/recommend/recommendation.py",
        "expectations/suites/recommend/rules.py",
    ],
)
def test_a_recommender_a_rule_a_suite_and_a_module_below_them_change_it(path: str) -> None:
    assert revision(_edited(path, "# edited"), RECOMMEND) != BASE


@pytest.mark.parametrize(
    "path",
    [
        "dbt_project/models/features/feat_user.sql",
        "dbt_project/models/staging/stg_landing__items.sql",
        "dbt_project/models/intermediate/windows/int_purchases_ranked_to_top_affinities.sql",
        "dbt_project/macros/windows.sql",
        "dbt_project/macros/get_where_subquery.sql",
        "dbt_project/macros/replace_as_of_dates.sql",
        "dbt_project/seeds/excluded_categories.csv",
        "dbt_project/tests/generic/key.sql",
    ],
)
def test_a_features_sql_its_macros_and_its_seeds_change_it(path: str) -> None:
    assert revision(_edited(path, "-- edited"), RECOMMEND) != BASE


def test_a_sibling_with_its_own_models_and_suite_changes_nothing_and_has_a_revision_of_its_own() -> None:
    sibling = {
        "ml/bids/__init__.py": "",
        "ml/bids/daily.py": "from ml.tables import Col\n",
        "expectations/suites/bids/bid_plan.py": "from expectations.day import Day\n",
        "dbt_project/models/marts/bid_plan.sql": "select {{ bid() }} from {{ ref('feat_item') }}",
        "dbt_project/macros/bids.sql": "{% macro bid() %}1{% endmacro %}",
        "dbt_project/models/marts/_bids.yml": "version: 2\nmodels: [{name: bid_plan, columns: [{name: item_id}]}]",
    }
    scope = _capability("bids", "bid_plan", "bid_plan")
    both = {**SOURCES, **sibling, "ml/capabilities.py": SOURCES["ml/capabilities.py"] + "# and bids"}
    assert revision(both, RECOMMEND) == BASE
    assert set(sibling) - {"dbt_project/models/marts/_bids.yml"} <= set(covered(both, scope))
    assert "dbt_project/models/features/feat_item.sql" in covered(both, scope)
    assert not [path for path in covered(both, scope) if path.startswith("ml/recommend/")]
    for path, text in sibling.items():
        edited = {**both, path: text.replace("item_id", "ad_id") + "\n# edited"}
        assert revision(edited, RECOMMEND) == BASE
        assert revision(edited, scope) != revision(both, scope)


def test_a_new_module_of_the_package_and_one_that_it_imports_are_covered() -> None:
    new = {
        "ml/recommend/models/newest.py": "def fit():\n    from ml.geometry import area\n",
        "ml/geometry.py": "area = 1",
    }
    grown = {**SOURCES, **new}
    assert set(new) <= set(covered(grown, RECOMMEND))
    assert revision(grown, RECOMMEND) != revision({**grown, "ml/geometry.py": "area = 2"}, RECOMMEND)
    assert revision({**SOURCES, "ml/geometry.py": "area = 1"}, RECOMMEND) == BASE


def test_a_renamed_module_changes_it() -> None:
    renamed = dict(SOURCES)
    renamed["ml/recommend/models/ranks.py"] = renamed.pop("ml/recommend/models/popularity.py")
    assert revision(renamed, RECOMMEND) != BASE


def test_the_same_checkout_elsewhere_has_the_same_revision_and_an_edit_there_is_seen(tmp_path: Path) -> None:
    for place in ("one", "two"):
        for path, text in SOURCES.items():
            (tmp_path / place / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place / path).write_text(text, encoding="utf-8")
    for path in ("ml/cli.py", "dags/build_shelves.py", "docs/models.md", "tests/test_cli.py"):
        (tmp_path / "two" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "two" / path).write_text("edited")
    assert code_revision(RECOMMEND, tmp_path / "one") == code_revision(RECOMMEND, tmp_path / "two") == BASE
    assert len(BASE) == 12
    (tmp_path / "one" / "ml" / "recommend" / "daily.py").write_text("edited = 1")
    assert revision(read_sources(tmp_path / "one"), RECOMMEND) != BASE


@pytest.mark.parametrize(
    ("declared", "missing"),
    [
        (("recomend", "recommendation", "history"), "modules expectations.suites.recomend.recommendation, ml.recomend"),
        (("recommend", "shelf", "history"), "modules expectations.suites.recommend.shelf"),
        (("recommend", "recommendation", "shelf"), "dbt models shelf"),
    ],
)
def test_a_declaration_that_names_what_is_not_there_is_refused(declared: tuple[str, str, str], missing: str) -> None:
    with pytest.raises(CodeMissing, match=f"{missing}: expected"):
        covered(SOURCES, _capability(*declared))


def _capability(name: str, output: str, reads: str) -> Capability:
    table = Table(output, (), (), "")
    return Capability(name, "", outputs=(table,), reads=(reads,), compute="")


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("ml/profile/daily.py", {"profile"}),
        ("ml/profile/outputs.py", {"profile"}),
        ("expectations/suites/profile/customer_profile.py", {"profile"}),
        ("dbt_project/models/marts/profile/customer_profile.sql", {"assistant", "audiences", "predictions", "profile"}),
        (
            "dbt_project/models/staging/campaigns/stg_landing__sends.sql",
            {"assistant", "audiences", "predictions", "profile"},
        ),
        ("ml/recommend/daily.py", {"recommend"}),
        ("expectations/suites/recommend/recommendation.py", {"recommend"}),
        ("dbt_project/models/marts/dim_layout.sql", {"recommend"}),
        (
            "dbt_project/models/staging/stg_landing__users.sql",
            {"assistant", "audiences", "copy", "predictions", "profile", "recommend", "reviews"},
        ),
        (
            "dbt_project/models/staging/stg_landing__interactions.sql",
            {"assistant", "audiences", "copy", "predictions", "profile", "recommend", "reviews"},
        ),
        ("dbt_project/models/marts/reviews/fct_review.sql", {"reviews"}),
        (
            "ml/warehouse/export.py",
            {"assistant", "audiences", "copy", "predictions", "profile", "recommend", "reviews"},
        ),
        ("ml/publish/draft.py", {"assistant", "audiences", "copy", "predictions", "profile", "recommend", "reviews"}),
        ("ml/commands/shelves.py", set()),
        ("ml/pages/day.py", set()),
        ("ml/capabilities.py", set()),
    ],
)
def test_an_edit_changes_the_capabilities_that_it_decides_and_no_other(path: str, changed: set[str]) -> None:
    edited = _edited(path, "-- edited" if path.endswith(".sql") else "# edited")
    assert {each.name for each in capabilities() if revision(edited, each) != revision(SOURCES, each)} == changed
