"""Templates of texts: words as data, and the composer that makes them fit."""
