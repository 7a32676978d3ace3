"""Business rules after the ranking, as data: which are in force, whom and what they concern, the lists they make.

``shelf.py`` is what a day's scoring calls. ``book.py`` reads the rules of a slice, ``eligibility.py`` takes items away
before the ranking, ``plan.py`` turns the other rules into arrays, ``candidates.py`` lays out what was ranked,
``board.py`` fills the shelves, ``exploration.py`` draws places with a known probability.
"""
