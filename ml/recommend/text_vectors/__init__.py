"""Texts of items as vectors: published, compared with each other, and with what a shopper bought."""
