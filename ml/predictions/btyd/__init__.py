"""Buy till you die: BG/NBD for how often a customer buys and whether still, Gamma-Gamma for how much at a time."""
