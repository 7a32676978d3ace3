"""Marketing texts made from fact sheets, true ones and ones with a planted falsehood, for measures of the validator.

Nothing here uses the validator's reading of numbers: both would then share their mistakes.
"""
