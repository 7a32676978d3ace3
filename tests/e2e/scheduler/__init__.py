"""A package, so that its fixture ends with its last test and Airflow does not run beside all that follow."""
