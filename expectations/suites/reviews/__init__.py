"""Gates of what ``reviews`` publishes."""
