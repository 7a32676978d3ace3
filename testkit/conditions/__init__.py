"""Conditions for tests and benches."""
