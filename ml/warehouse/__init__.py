"""The warehouse: the only importer of duckdb and dbt."""
