"""Which columns rankers learn from is said in the dbt project's YAML, and only there."""

from __future__ import annotations

from pathlib import Path

from ml.warehouse.feature_columns import FEATURES, ranker_columns

TABLE = """
models:
  - name: feat_garden
    columns:
      - name: plants
        data_type: bigint
        config: {meta: {ranker: true}}
      - name: sheds
        data_type: bigint
        config: {meta: {ranker: false}}
      - name: owner
        data_type: varchar
  - name: feat_nothing
    columns:
      - name: weeds
unit_tests:
  - name: a_garden_has_plants
    model: feat_garden
"""


def test_a_column_is_learned_from_where_its_yaml_says_so(tmp_path: Path) -> None:
    (tmp_path / "feat_garden.yml").write_text(TABLE)
    assert ranker_columns(tmp_path) == {"feat_garden": ["plants"]}


def test_every_declared_column_stands_in_its_models_sql() -> None:
    for table, columns in ranker_columns().items():
        sql = (FEATURES / f"{table}.sql").read_text()
        stems = {column.rsplit("_", 1)[0] for column in columns}
        assert len(columns) > 5
        assert not [stem for stem in stems if stem not in sql], table
