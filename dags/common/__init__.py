"""What the DAG files share: defaults, timetable, assets and the tasks they wire together."""
