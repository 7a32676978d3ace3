"""The pages that show a day's segments and audiences; nothing here decides a row."""
