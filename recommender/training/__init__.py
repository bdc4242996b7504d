"""How a ranker is trained, measured and compared before HR decides about it."""
