"""Answers for people and chatbots, from published tables."""
