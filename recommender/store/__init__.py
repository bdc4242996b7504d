"""All SQL of Tandem. ``Store`` opens transactions; the modules beside it read and write in them.

A caller composes several of their functions in one ``with store.write() as connection:``, so that
a change and whatever must be logged with it commit together.
"""

from recommender.store.engine import Store

__all__ = ["Store"]
