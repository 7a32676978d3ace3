"""The page that shows a day's predictions and who made them; nothing here decides a row."""
