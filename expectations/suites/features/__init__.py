"""Suites of the dbt models that a snapshot holds; every capability that reads one is gated by it."""
