"""How candidates are scored: rankers that add up, feature by feature."""
