"""Shelduck's Python package: a folder per capability, each readable alone."""
