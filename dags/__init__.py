"""One file per DAG, wiring only; the file's name is the dag_id."""
