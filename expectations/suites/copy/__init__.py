"""Gates of the tables that ``copy`` publishes."""
