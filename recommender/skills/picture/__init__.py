"""The organisation's supply and demand of skills, in which nobody can be seen."""

from recommender.skills.picture.as_json import organisation_as_json
from recommender.skills.picture.organisation import OrganisationGaps
from recommender.skills.picture.publishing import PublishedGaps
from recommender.skills.picture.report import write_report
from recommender.skills.picture.sentences import area_name, concept_names

__all__ = [
    "OrganisationGaps",
    "PublishedGaps",
    "area_name",
    "concept_names",
    "organisation_as_json",
    "write_report",
]
