"""The learned order: the score, its releases, and which of them is active."""
