"""Who takes part and what happens: people, cohorts, feedback."""

from recommender.programme.feedback import (
    FeedbackReport,
    check_cohort,
    export_feedback,
    import_feedback,
    put_cohort,
    record_feedback,
)
from recommender.programme.people import ImportReport, check_manager, import_people, put_person
from recommender.programme.people_export import export_people

__all__ = [
    "FeedbackReport",
    "ImportReport",
    "check_cohort",
    "check_manager",
    "export_feedback",
    "export_people",
    "import_feedback",
    "import_people",
    "put_cohort",
    "put_person",
    "record_feedback",
]
