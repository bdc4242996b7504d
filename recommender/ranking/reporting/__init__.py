"""What HR reads about a retraining: report, verdict, card and plots."""
