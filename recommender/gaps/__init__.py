"""Skill gaps: a person's own, and what the organisation as a whole wants and offers."""
