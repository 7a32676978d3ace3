"""Marketing texts: the facts that they may state, and the validator that decides whether they do."""
