"""Tandem recommends partners for reverse mentoring.

The facade is :class:`recommender.app.Recommender`; importing this package loads nothing else.
"""

__version__ = "0.1.0"
