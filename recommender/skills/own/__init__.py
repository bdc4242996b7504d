"""A person's own gaps: for that person's eyes, and nobody else's."""
