"""Who takes part and what happens: people, cohorts, feedback."""
