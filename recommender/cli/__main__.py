"""``python -m recommender.cli`` is ``tandem``."""

from recommender.cli import app

app()
