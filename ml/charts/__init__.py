"""Charts that pages share, as Vega-Lite specifications: every function returns the specification in a language.

Altair is imported when a specification is asked for. Colours are CSS variables of the site, or ``currentColor``, so a
chart follows the reader's theme without being drawn again.
"""
