"""Conditions on shoppers, such as ``tag('wine') and churn_probability between .4 and .8``: text to polars.

``parsing.parse`` checks a text against a vocabulary; ``condition.Condition`` is what comes of it. No text becomes SQL.
"""
