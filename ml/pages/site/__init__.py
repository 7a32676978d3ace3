"""The static site of a day: pages of the capabilities and of the platform, as files that ask no network for anything."""
