"""Recommenders that each rank by one model; ``ml.recommend.recommenders`` lists them."""
