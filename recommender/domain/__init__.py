"""The words of Tandem as frozen dataclasses: who takes part, what is asked, answered, reported.

Text is canonical once an object exists: Unicode NFC, no control characters, single spaces. Every
constructor checks every field and raises one :class:`~recommender.domain.errors.InvalidInput` with
all the problems it found.
"""
