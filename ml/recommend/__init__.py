"""Ranks items for shoppers: recommenders, their evaluation, and the day's shelves."""
