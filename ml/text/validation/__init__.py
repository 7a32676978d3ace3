"""Whether a written text states only what its fact sheet says; ``check.validate`` is the way in."""
