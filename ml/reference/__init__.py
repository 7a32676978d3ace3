"""Documentation of tables and columns, generated from the one place where each is declared.

Published tables are declared in ``ml/<capability>/outputs.py``, landing tables in ``ml/landing``, feature tables in the
YAML beside their dbt model. ``make reference`` writes every file that is made of these declarations.
"""
