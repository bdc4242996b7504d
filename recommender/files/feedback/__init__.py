"""Cohorts and what was reported in them as files: CSV and Excel, in and out."""

from recommender.files.feedback.file import (
    FORMS,
    cohort_of_texts,
    feedback_of_texts,
    read_feedback,
    write_feedback,
)
from recommender.files.feedback.records import FeedbackFile, Known

__all__ = [
    "FORMS",
    "FeedbackFile",
    "Known",
    "cohort_of_texts",
    "feedback_of_texts",
    "read_feedback",
    "write_feedback",
]
