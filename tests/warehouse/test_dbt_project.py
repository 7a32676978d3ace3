"""The project itself: its unit tests, and that nothing in it is undocumented, untested or read in secret."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ml.capabilities import snapshot_tables
from ml.errors import BuildFailed
from ml.warehouse import dbt
from ml.warehouse.build import variables
from ml.warehouse.connection import connect
from ml.warehouse.docs import write_docs
from ml.warehouse.lineage import landing_tables
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import AS_OF, LAST, TinyShop


@pytest.fixture(scope="module")
def manifest(built_shop: TinyShop, built: dict[date, Slice]) -> Any:
    with dbt._environment(built_shop.settings):
        return dbt._manifest(built_shop.settings, {"batch_size": "day"})


def _models(manifest: Any) -> list[Any]:
    return [node for node in manifest.nodes.values() if node.resource_type == "model"]


def test_dbt_unit_tests_pass(built_shop: TinyShop, built: dict[date, Slice], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger=dbt.__name__):
        dbt.run(built_shop.settings, "test", variables(built_shop.settings, [LAST], None), "--select", "test_type:unit")

    passed = [record for record in caplog.messages if " pass in " in record]
    declared = sum(path.read_text().count("    model: ") for path in (dbt.PROJECT / "models").rglob("*.yml"))
    assert len(passed) == declared > 20


def test_every_model_says_its_grain_and_every_table_tests_its_key(manifest: Any) -> None:
    models = _models(manifest)
    keyed = {node.attached_node for node in manifest.nodes.values() if node.name.startswith("key_")}

    assert len(models) > len(snapshot_tables())
    for model in models:
        assert model.description.startswith("One row per "), model.name
        assert model.unique_id in keyed or model.config.materialized == "view", model.name


def test_every_mart_has_a_contract_and_is_exported(manifest: Any) -> None:
    marts = {model.name: model for model in _models(manifest) if model.schema == "marts"}

    assert set(marts) == set(snapshot_tables())
    for mart in marts.values():
        assert mart.contract.enforced
        assert all(column.description and column.data_type for column in mart.columns.values()), mart.name


def test_one_of_several_as_of_dates_reads_its_own_days_alone(built_shop: TinyShop, built: dict[date, Slice]) -> None:
    view = "int_interactions_limited_to_history"
    dbt.run(built_shop.settings, "run", variables(built_shop.settings, AS_OF, None), "--select", view)

    def scans(condition: str) -> int:
        with connect(built_shop.settings, read_only=True) as connection:
            ((_, plan),) = connection.execute(f"explain from intermediate.{view} where {condition}").fetchall()
        return str(plan).count("user_item_days")

    assert scans("true") == len(AS_OF)
    assert scans(f"as_of_date = date '{LAST}'") == 1


def test_inputs_are_the_sources_that_models_read(manifest: Any) -> None:
    read = {node for model in _models(manifest) for node in model.depends_on.nodes}

    assert {node.split(".")[-1] for node in read if node.startswith("source.shelduck.landing.")} == set(
        landing_tables()
    )


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("as_of_dates", ["2017-12-02'; select 1"], "expected a date such as"),
        ("timezone", "UTC', now()); --", "expected an IANA name"),
        ("purchase_events", ["purchase') or ('' = '"], "expected names such as purchase"),
        ("history_days", "365) or (1 = 1", "history_days: expected a whole number of days such as 365"),
        ("history_days", 0, "history_days: expected a whole number of days such as 365"),
        ("history_days", 28.5, "history_days: expected a whole number of days such as 365"),
        ("liked_from", "3) or (1 = 1", "liked_from: expected a number such as 3.5"),
        ("liked_from", "nan", "liked_from: expected a number such as 3.5"),
    ],
)
def test_a_variable_that_is_not_what_it_says_never_reaches_the_sql(
    built_shop: TinyShop, built: dict[date, Slice], name: str, value: Any, refusal: str
) -> None:
    smuggled = {**variables(built_shop.settings, [LAST], None), name: value}

    with pytest.raises(BuildFailed, match=refusal):
        dbt.run(built_shop.settings, "compile", smuggled, "--select", "resource_type:model")


def test_dbt_may_read_no_file(built_shop: TinyShop, built: dict[date, Slice], tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")

    with pytest.raises(BuildFailed, match="disabled"):
        dbt.run(
            built_shop.settings,
            "show",
            variables(built_shop.settings, [LAST], None),
            "--inline",
            f"select * from read_csv('{secret}')",
        )


def test_the_documentation_is_one_page_without_absolute_paths(built_shop: TinyShop, built: dict[date, Slice]) -> None:
    page = write_docs(built_shop.settings)

    text = page.read_text()
    assert page == built_shop.settings.reports_dir / "dbt" / "index.html"
    assert "feat_user_item" in text
    assert str(built_shop.settings.home) not in text
    assert str(dbt.PROJECT) not in text


def test_the_project_hash_changes_with_a_source_and_not_with_a_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"
    (project / "models").mkdir(parents=True)
    model, properties = project / "models" / "a.sql", project / "models" / "_a.yml"
    model.write_text("select 1")
    properties.write_text("models: [{name: a, description: One row.}]")
    monkeypatch.setattr(dbt, "PROJECT", project)

    first = dbt.project_hash.__wrapped__()
    properties.write_text("models: [{name: a, description: One row per shop.}]")
    assert dbt.project_hash.__wrapped__() == first

    properties.write_text("models: [{name: a, config: {materialized: view}}]")
    second = dbt.project_hash.__wrapped__()
    model.write_text("select 2")
    assert len({first, second, dbt.project_hash.__wrapped__()}) == 3
