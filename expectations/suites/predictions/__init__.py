"""Gates of what ``predictions`` publishes."""
