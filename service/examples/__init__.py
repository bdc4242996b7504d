"""The examples in /openapi.json. Invented people; a test sends and receives every one of them."""

from __future__ import annotations

from typing import Any

from service.examples.feedback import (
    COHORT,
    COHORT_BODY,
    COHORT_ID,
    COHORTS,
    FEEDBACK_BODY,
    FEEDBACK_REPORT,
    GIVEN_FEEDBACK,
)
from service.examples.gaps import (
    CONCEPT_IDS,
    CONCEPTS,
    LINK_CORRECTION,
    LINK_TO_NOTHING,
    NO_PROFILE,
    ORGANISATION_GAPS,
    OWN_GAPS,
    PROFILE_CHOICE,
    PROFILE_ID,
    ROLE_PROFILES,
)
from service.examples.jobs import (
    FEEDBACK_JOB,
    FEEDBACK_JOB_WAITING,
    JOB,
    JOB_FAILED,
    JOB_ID,
    JOB_WAITING,
    RETRAINING_JOB,
    RETRAINING_JOB_WAITING,
)
from service.examples.people import MENTOR_BODY, MENTOR_ID, PERSON, PERSON_BODY, PERSON_ID
from service.examples.rankers import (
    ACTIVATION,
    ACTIVATION_DESPITE_REPORT,
    ACTIVE,
    AFFINITY,
    CARD,
    RANKER_DETAIL,
    RANKER_VERSION,
    RANKERS,
    REPORT,
    RETRAINING_BODY,
    RETRAINING_WITH_GROUPS,
)
from service.examples.recommendations import QUERY_BY_TEXT, QUERY_OF_A_MENTEE, RANKING

__all__ = [
    "ACTIVATION",
    "ANSWERS",
    "BODIES",
    "COHORT_BODY",
    "COHORT_ID",
    "CONCEPT_IDS",
    "FEEDBACK_BODY",
    "JOB",
    "JOB_ID",
    "MENTOR_BODY",
    "MENTOR_ID",
    "METRICS",
    "OWN_GAPS",
    "PERSON",
    "PERSON_BODY",
    "PERSON_ID",
    "PROFILE_ID",
    "RANKER_VERSION",
    "REPORT",
    "TAGS",
]

TAGS: list[dict[str, Any]] = [
    {"name": "recommendations", "description": "The best mentors for a mentee, with reasons."},
    {"name": "people", "description": "Who takes part. Changes count in the very next answer."},
    {
        "name": "gaps",
        "description": "What a person has yet to learn, for them alone; and the organisation's "
        "picture, in which nobody can be seen.",
    },
    {"name": "feedback", "description": "Cohorts, and what both sides of pairs report in them."},
    {"name": "rankers", "description": "Retraining, and which ranker is active. For HR."},
    {"name": "jobs", "description": "Long work: imports and retrainings."},
    {"name": "process", "description": "For whoever runs the service. Names nobody."},
]

METRICS = """\
# HELP tandem_people People stored.
# TYPE tandem_people gauge
tandem_people 2.0
"""

_RECOMMENDATIONS = "/v1/recommendations"
_PERSON = "/v1/people/{person_id}"
_IMPORT = "/v1/people/import"
_ROLE_PROFILE = "/v1/people/{person_id}/role-profile"
_LINKS = "/v1/people/{person_id}/links"
_COHORT = "/v1/cohorts/{cohort_id}"
_FEEDBACK = "/v1/feedback"
_FEEDBACK_IMPORT = "/v1/feedback/import"
_RANKERS = "/v1/rankers"
_ACTIVE = "/v1/rankers/active"

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", _RECOMMENDATIONS): {
        "stored_mentee": QUERY_OF_A_MENTEE,
        "goals_as_text": QUERY_BY_TEXT,
    },
    ("put", _PERSON): {"mentee": PERSON_BODY, "mentor": MENTOR_BODY},
    ("post", _IMPORT): {
        "three_csv_files": {"files": ["people.csv", "statements.csv", "pairs.csv"]}
    },
    ("put", _ROLE_PROFILE): {"chosen": PROFILE_CHOICE, "taken_back": NO_PROFILE},
    ("put", _LINKS): {"two_concepts": LINK_CORRECTION, "none": LINK_TO_NOTHING},
    ("put", _COHORT): {"autumn": COHORT_BODY},
    ("post", _FEEDBACK): {"one_pair": FEEDBACK_BODY},
    ("post", _FEEDBACK_IMPORT): {"two_csv_files": {"files": ["feedback.csv", "cohorts.csv"]}},
    ("post", _RANKERS): {
        "one_cohort": RETRAINING_BODY,
        "newest_with_groups": RETRAINING_WITH_GROUPS,
    },
    ("put", _ACTIVE): {"promoted": ACTIVATION, "not_promoted": ACTIVATION_DESPITE_REPORT},
}
ANSWERS: dict[tuple[str, str, int], dict[str, Any]] = {
    ("post", _RECOMMENDATIONS, 200): {"one_mentor": RANKING},
    ("put", _PERSON, 200): {"mentee": PERSON},
    ("put", _PERSON, 201): {"mentee": PERSON},
    ("get", _PERSON, 200): {"mentee": PERSON},
    ("post", _IMPORT, 202): {"waiting": JOB_WAITING},
    ("get", "/v1/people/{person_id}/gaps", 200): {"mentee": OWN_GAPS},
    ("put", _ROLE_PROFILE, 200): {"mentee": OWN_GAPS},
    ("put", _LINKS, 200): {"mentee": OWN_GAPS},
    ("get", "/v1/role-profiles", 200): {"one_profile": ROLE_PROFILES},
    ("get", "/v1/concepts", 200): {"two_concepts": CONCEPTS},
    ("get", "/v1/gaps", 200): {"in_english": ORGANISATION_GAPS},
    ("put", _COHORT, 200): {"autumn": COHORT},
    ("put", _COHORT, 201): {"autumn": COHORT},
    ("get", "/v1/cohorts", 200): {"one_cohort": COHORTS},
    ("post", _FEEDBACK, 200): {"five_reports": FEEDBACK_REPORT},
    ("get", "/v1/people/{person_id}/feedback", 200): {"corrected": GIVEN_FEEDBACK},
    ("post", _FEEDBACK_IMPORT, 202): {"waiting": FEEDBACK_JOB_WAITING},
    ("post", _RANKERS, 202): {"waiting": RETRAINING_JOB_WAITING},
    ("get", _RANKERS, 200): {"one_ranker": RANKERS},
    ("get", "/v1/rankers/{version}", 200): {"promoted": RANKER_DETAIL},
    ("get", "/v1/rankers/{version}/card", 200): {"card": CARD},
    ("put", _ACTIVE, 200): {"active": ACTIVE},
    ("post", "/v1/rankers/rollback", 200): {"affinity_order": AFFINITY},
    ("get", "/v1/jobs/{job_id}", 200): {
        "import": JOB,
        "import_failed": JOB_FAILED,
        "feedback": FEEDBACK_JOB,
        "retraining": RETRAINING_JOB,
    },
    ("get", "/healthz", 200): {"alive": {"status": "alive"}},
    ("get", "/readyz", 200): {"ready": {"status": "ready"}},
    ("get", "/metrics", 200): {"people": METRICS},
}
