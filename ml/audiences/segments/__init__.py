"""Segments: RFM classes, behavioural segments that a model learned, life-cycle stages, and how shoppers move."""
