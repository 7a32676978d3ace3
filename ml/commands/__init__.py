"""The commands of ``shelduck``, a module per subject; ``ml.cli`` puts them together."""
