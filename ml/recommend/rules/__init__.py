"""Business rules after the ranking, as data: which are in force, whom and what they concern, the lists they make.

``rerank.py`` is what a day's scoring calls. ``rule_set.py`` reads the rules of a slice, ``eligibility.py`` takes items
away before the ranking, ``offers.py`` keeps what each group may be shown, ``constraints.py`` turns the other rules
into arrays, ``candidates.py`` lays out what was ranked, ``slate_filler.py`` fills the lists, ``exploration.py``
draws places with a known probability, and ``objectives.py`` ranks for money.
"""
