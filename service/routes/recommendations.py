"""The question that Tandem answers: who could teach this person."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from service.errors import Slug
from service.limits import takes_json
from service.openapi import BODY, WRITING, problems
from service.routes.answers import ok
from service.running import of
from service.schemas.recommendations import RankingAnswer, RecommendationRequest, ranking_json

router = APIRouter(tags=["recommendations"])


@router.post(
    "/v1/recommendations",
    summary="Recommend mentors",
    dependencies=[Depends(takes_json)],
    response_model=RankingAnswer,
    responses={
        **ok("The mentors, best first, and what the rules kept out."),
        **problems(*BODY, *WRITING, Slug.UNKNOWN_PERSON, Slug.ENCODER),
    },
)
def recommend(request: Request, asked: RecommendationRequest) -> Response:
    """Return the top-k mentors with reasons, and log who was shown at which position."""
    ranking = of(request).recommender.recommend(asked.query())
    return Response(ranking_json(ranking), media_type="application/json")
