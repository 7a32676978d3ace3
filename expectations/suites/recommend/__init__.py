"""Suites of the published tables of ``recommend``."""
