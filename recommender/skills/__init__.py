"""The skill catalogue, role profiles, and what depends on them."""
