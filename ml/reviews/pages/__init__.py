"""The page *Voice of customer* of the site of a day."""
