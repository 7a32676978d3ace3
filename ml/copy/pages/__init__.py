"""The page Copy of the site of a day."""
