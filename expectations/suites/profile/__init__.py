"""Gates of what ``profile`` publishes."""
