"""Running the real DAGs from the command line: environment, runs, demo, local services."""
