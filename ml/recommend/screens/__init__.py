"""Screens made of several placements, no item twice."""
