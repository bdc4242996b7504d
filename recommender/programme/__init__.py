"""Who takes part and what happens: people, cohorts, feedback, and the jobs that import them."""

from recommender.files import Forms, day, moment
from recommender.files.feedback import FORMS as FEEDBACK_FORMS
from recommender.files.people import FORMS as PEOPLE_FORMS
from recommender.programme.cohorts import Cohorts
from recommender.programme.feedback import FeedbackReport, Reports
from recommender.programme.jobs import JobLog
from recommender.programme.people import ImportReport, People
from recommender.store.feedback import StoredFeedback
from recommender.store.jobs import Job, JobStatus

__all__ = [
    "FEEDBACK_FORMS",
    "PEOPLE_FORMS",
    "Cohorts",
    "FeedbackReport",
    "Forms",
    "ImportReport",
    "Job",
    "JobLog",
    "JobStatus",
    "People",
    "Reports",
    "StoredFeedback",
    "day",
    "moment",
]
