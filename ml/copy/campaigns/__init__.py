"""Plans a campaign for a goal: audience, products, brief, estimate; every choice with its alternatives."""
