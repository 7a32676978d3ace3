"""Running the platform: runs of DAGs, local services, the calendar, the doctor, alerts, housekeeping."""
