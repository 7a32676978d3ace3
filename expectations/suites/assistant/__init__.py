"""Gates of the assistant's tables."""
