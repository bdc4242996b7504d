"""Cohorts and what was reported in them as files: CSV and Excel, in and out."""

from recommender.files.feedback.forms import FORMS
from recommender.files.feedback.reader import read_feedback
from recommender.files.feedback.records import FeedbackFile, Known
from recommender.files.feedback.texts import cohort_of_texts, feedback_of_texts
from recommender.files.feedback.writer import write_feedback

__all__ = [
    "FORMS",
    "FeedbackFile",
    "Known",
    "cohort_of_texts",
    "feedback_of_texts",
    "read_feedback",
    "write_feedback",
]
