"""Gates of tags, segments and audiences."""
