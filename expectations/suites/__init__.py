"""One folder per capability, and ``features`` for the dbt models that all share; in each, one file per table.

``prepare`` makes the batch, ``gate`` what stops the run, ``watch`` what is only told.
``GATE`` and ``WATCH`` are how many expectations each must have run: a suite that lost some does not pass. These
modules import Great Expectations; ``expectations.gates`` loads them after it has quietened it.
"""
