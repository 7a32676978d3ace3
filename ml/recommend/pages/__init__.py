"""The pages that show a day's recommendations and the models behind them; nothing here decides a row."""
