"""MLflow behind plain functions: runs, versions of registered models, and a promotion ledger for each of them."""
