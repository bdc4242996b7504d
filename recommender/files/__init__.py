"""Files in and out: people, feedback and groups, in CSV and Excel."""
