"""Making and measuring the bundled models; not in the wheel. ``python -m recommender.workshop``."""
