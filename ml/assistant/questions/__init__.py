"""Marketers' questions in plain words, each answered by one of a fixed set of queries over published tables.

``answering.answer`` is what commands and servers call. A question becomes words and values (``reading``); the one query
that explains all of them (``matching``) is run with bound values. What no query explains is declined.
"""
