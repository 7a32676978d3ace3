"""From briefs to fact sheets: what a text may state; ``daily.requests_of`` is the way in."""
