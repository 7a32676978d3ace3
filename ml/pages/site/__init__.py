"""The static site of a day: the pages of capabilities and platform, as files that ask no network for anything."""
