"""The routes, by noun: each turns a request into one call of the recommender."""
