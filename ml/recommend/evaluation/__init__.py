"""How good a ranking is: splits in time, metrics, comparisons."""
