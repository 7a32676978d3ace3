"""MLflow behind plain functions: runs, versions of the model ``shelf``, and the promotion ledger."""
