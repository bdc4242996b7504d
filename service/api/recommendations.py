"""The best mentors for a mentee, with reasons."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from recommender.domain.checks import Check
from recommender.domain.errors import EncoderUnavailable, UnknownPerson
from recommender.domain.people import Kind, Statement
from recommender.domain.ranking import DEFAULT_PRIORITY, Query, Ranking
from service.bodies import MAX_ITEMS, domain_object, domain_objects, json_answer
from service.openapi import JSON, body_of, tells
from service.running import of

router = APIRouter(tags=["recommendations"])

_GOAL = body_of(
    Statement,
    without=("kind", "level"),
    priority={"type": "integer", "default": DEFAULT_PRIORITY, "description": "1 to 3."},
)
QueryBody = Annotated[
    dict[str, Any], body_of(Query, goals={"type": "array", "items": _GOAL.json_schema})
]


@router.post(
    "/v1/recommendations",
    **tells("Recommend mentors", Ranking, UnknownPerson, EncoderUnavailable, takes=JSON),
)
def recommend(request: Request, body: QueryBody) -> Response:
    """Return the top-k mentors with reasons, and log who was shown at which position."""
    return json_answer(of(request).recommender.recommend(_query(body)))


def _query(body: dict[str, Any]) -> Query:
    """Return the query. Its goals are sent without their kind, and the priority may be left out.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    goals, excluded = body.get("goals"), body.get("exclude")
    if isinstance(goals, list):
        goals = [{"priority": DEFAULT_PRIORITY, **g} if isinstance(g, dict) else g for g in goals]
        body = {**body, "goals": domain_objects(Statement, goals, "goals", {"kind": Kind.GOAL})}
    check = Check()
    for place, person_id in enumerate(excluded[:MAX_ITEMS] if isinstance(excluded, list) else ()):
        check.identifier(f"exclude[{place}]", person_id)
    check.done()
    return domain_object(Query, body, {})
