"""The page that shows a day's profiles; nothing here decides a row."""
