"""Search fields of the site: the files that their records lie in, and what shows them in a browser."""
