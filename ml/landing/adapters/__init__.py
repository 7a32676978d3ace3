"""Translations of well-known sources into the landing contract."""
