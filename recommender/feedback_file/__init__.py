"""Cohorts and what was reported in them as files: CSV and Excel, in and out."""

from recommender.feedback_file.reader import read_feedback
from recommender.feedback_file.records import FeedbackFile, Known
from recommender.feedback_file.texts import cohort_of_texts, feedback_of_texts
from recommender.feedback_file.writer import write_feedback

__all__ = [
    "FeedbackFile",
    "Known",
    "cohort_of_texts",
    "feedback_of_texts",
    "read_feedback",
    "write_feedback",
]
