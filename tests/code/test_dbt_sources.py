"""What a model needs of a dbt project, and what of the project decides no row."""

from __future__ import annotations

from typing import Final

import pytest

from ml.code.dbt_sources import deciding, upstream
from ml.errors import CodeMissing

MART: Final = "dbt_project/models/marts/dim_item.sql"
ENTRIES: Final = "dbt_project/models/marts/_marts.yml"
SOURCES: Final = "dbt_project/models/staging/_sources.yml"
PROJECT: Final = {
    "dbt_project/dbt_project.yml": "models:\n  shop: {+materialized: table}\nvars: {zone: UTC, budget: 1}",
    "dbt_project/macros/dates.sql": "{% macro local(x) %}{{ adapter.dispatch('day')(x, var('zone')) }}{% endmacro %}",
    "dbt_project/macros/days.sql": "{% macro duckdb__day(x) %}{{ x }}{% endmacro %}",
    "dbt_project/macros/spend.sql": "{%- macro spend(x) -%}{{ x }}{%- endmacro -%}",
    "dbt_project/macros/schema.sql": "{% macro generate_schema_name(name, node) %}{{ name }}{% endmacro %}",
    "dbt_project/seeds/excluded.csv": "value\nfuel\n",
    "dbt_project/seeds/rates.csv": "value\n1\n",
    "dbt_project/tests/generic/key.sql": "{% test key(model) %}select 1{% endtest %}",
    "dbt_project/tests/generic/paid.sql": "{% test paid(model) %}select 1{% endtest %}",
    "dbt_project/models/staging/stg_items.sql": "select * from {{ source('landing', 'items') }}",
    "dbt_project/models/staging/stg_spend.sql": "select * from {{ source('landing', 'ad_spend') }}",
    SOURCES: "sources:\n- name: landing\n  schema: raw\n  tables: [{name: items}, {name: ad_spend}]",
    MART: "select {{ local('ts') }} from {{ ref('stg_items') }} join {{ ref(  \"excluded\"  ) }} using (value)",
    "dbt_project/models/marts/bid_plan.sql": "select {{ spend('x') }} from {{ ref('stg_spend') }}, {{ ref('rates') }}",
    ENTRIES: """
models:
- name: dim_item
  description: One row per item.
  data_tests: [key]
  columns: [{name: item_id, data_type: varchar, description: The item.}]
- name: bid_plan
  data_tests: [paid]
""",
    "dbt_project/models/marts/_unit_tests.yml": "unit_tests: [{name: a, model: dim_item}]",
    "dbt_project/models/exposures.yml": "exposures: [{name: shelves, depends_on: [ref('dim_item')]}]",
}
ITEM_NEEDS: Final = [
    *("dbt_project/macros/dates.sql", "dbt_project/macros/days.sql", "dbt_project/macros/schema.sql"),
    *(MART, "dbt_project/models/staging/stg_items.sql"),
    *("dbt_project/seeds/excluded.csv", "dbt_project/tests/generic/key.sql"),
]


def _edited(path: str, old: str, new: str) -> dict[str, str]:
    assert old in PROJECT[path]
    return {**PROJECT, path: PROJECT[path].replace(old, new)}


def test_a_model_needs_what_it_refers_to_and_the_macros_and_tests_that_are_called() -> None:
    needed = upstream(PROJECT, ["dim_item"])
    assert sorted(key for key in needed if " " not in key) == ITEM_NEEDS
    assert needed[MART] == PROJECT[MART]
    assert {key for key in needed if key.startswith(("dbt_project/models", "dbt_project/dbt_project.yml vars"))} == {
        *(MART, f"{ENTRIES} models dim_item", f"{SOURCES} sources landing items"),
        *("dbt_project/models/staging/stg_items.sql", "dbt_project/dbt_project.yml vars zone"),
    }


def test_what_only_another_model_needs_changes_nothing() -> None:
    needed = upstream(PROJECT, ["dim_item"])
    for path in ("macros/spend.sql", "seeds/rates.csv", "models/staging/stg_spend.sql", "models/marts/bid_plan.sql"):
        edited = {**PROJECT, f"dbt_project/{path}": PROJECT[f"dbt_project/{path}"] + "\n--"}
        assert upstream(edited, ["dim_item"]) == needed
        assert upstream(edited, ["bid_plan"]) != upstream(PROJECT, ["bid_plan"])
    for edited in (_edited(ENTRIES, "[paid]", "[paid, key]"), _edited(SOURCES, "ad_spend", "costs")):
        assert upstream(edited, ["dim_item"]) == needed


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (MART, "'ts'", "'other'"),
        (ENTRIES, "data_type: varchar", "data_type: integer"),
        (ENTRIES, "data_tests: [key]", "data_tests: []"),
        (SOURCES, "schema: raw", "schema: other"),
        ("dbt_project/seeds/excluded.csv", "fuel", "coupon"),
        ("dbt_project/macros/days.sql", "{{ x }}", "{{ x }} + 1"),
        ("dbt_project/macros/schema.sql", "{{ name }}", "main"),
        ("dbt_project/dbt_project.yml", "table", "view"),
        ("dbt_project/dbt_project.yml", "UTC", "Europe/Rome"),
    ],
)
def test_what_a_model_needs_changes_it(path: str, old: str, new: str) -> None:
    assert upstream(_edited(path, old, new), ["dim_item"]) != upstream(PROJECT, ["dim_item"])
    assert deciding(_edited(path, old, new)) != deciding(PROJECT)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (ENTRIES, "One row per item.", "One row per item and day."),
        (ENTRIES, "description: The item.", "description: Its id."),
        (ENTRIES, "description: The item.", "config: {meta: {unit: days, zh: 商品}}"),
        (ENTRIES, "- name: dim_item\n", "# a comment\n- name: 'dim_item'\n"),
        ("dbt_project/models/marts/_unit_tests.yml", "name: a", "name: b"),
        ("dbt_project/models/exposures.yml", "shelves", "pages"),
    ],
)
def test_descriptions_comments_unit_tests_and_exposures_decide_no_row(path: str, old: str, new: str) -> None:
    assert upstream(_edited(path, old, new), ["dim_item"]) == upstream(PROJECT, ["dim_item"])
    assert deciding(_edited(path, old, new)) == deciding(PROJECT)


def test_a_column_that_is_called_description_is_no_description() -> None:
    typed = "seeds: [{name: excluded, config: {column_types: {name: varchar, description: %s}}}]"
    texts = [{**PROJECT, "dbt_project/seeds/_seeds.yml": typed % kind} for kind in ("varchar", "integer")]
    assert upstream(texts[0], ["dim_item"]) != upstream(texts[1], ["dim_item"])
    assert deciding(texts[0]) != deciding(texts[1])


@pytest.mark.parametrize("text", ["models: [", "- a", "sources:", "models: [{name: [a]}]", "text", "vars: 1"])
def test_a_property_file_that_dbt_cannot_read_counts_whole(text: str) -> None:
    path = "dbt_project/models/_broken.yml"
    broken, edited = ({**PROJECT, path: f"{text}{comment}"} for comment in ("", " # edited"))
    assert upstream(broken, ["dim_item"]) != upstream(edited, ["dim_item"])
    assert deciding(broken) != deciding(edited)


def test_a_reference_after_nested_braces_and_one_built_from_a_list_are_found() -> None:
    for sql in ("{{ m({'a': {'b': 1}}, ref('rates')) }}", "{% for name in ['rates'] %}{{ ref(name) }}{% endfor %}"):
        assert "dbt_project/seeds/rates.csv" in upstream({**PROJECT, MART: sql}, ["dim_item"])


def test_a_version_of_a_model_is_found_by_the_name_without_the_version() -> None:
    path = "dbt_project/models/marts/prices_v2.sql"
    versioned = {**PROJECT, MART: "select * from {{ ref('prices', v=2) }}", path: "select 1"}
    assert path in upstream(versioned, ["dim_item"])


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(CodeMissing, match=r"dbt models dim_itme: expected models or seeds"):
        upstream(PROJECT, ["dim_item", "dim_itme"])
