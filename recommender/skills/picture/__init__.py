"""The organisation's supply and demand of skills, in which nobody can be seen."""
