"""Pages that Airflow shows beside its own: the day that a run is about."""
