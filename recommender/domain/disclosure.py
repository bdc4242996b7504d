"""How few people a number may speak of."""

FEWEST = 5
"""A count of fewer people is never shown, to anybody but themselves."""
