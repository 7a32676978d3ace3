"""The two-stage recommender: candidates, their features as of a day, a ranker per objective, cold start."""
