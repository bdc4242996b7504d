"""The organisation's picture: supply and demand of skills, in which nobody can be seen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, create_model

from recommender.domain.errors import StoreBusy
from service.api.fields import Strict
from service.api.gaps import KNOWING
from service.openapi import tells
from service.running import for_gaps, of

router = APIRouter(tags=["gaps"])

Language = Literal["de", "en"]
People = int | None
"""A number of people, or null where it is withheld."""


class PictureRequest(Strict):
    """How the picture is read. There is no filter: nobody can narrow it down to a person."""

    language: Language = Field(default="en", description="Of labels and sentences.")


_COLUMNS: dict[str, Any] = {
    "department": (str | None, "Null stands for all others together."),
    "site": (str | None, "Null stands for all others together."),
    "people": (People, "In the group, or with the topic."),
    "area": (str, "Of the catalogue."),
    "concept": (str, "Of the catalogue."),
    "label": (str, "Name of the concept."),
    "want": (People, "Who has a goal in it."),
    "can_teach": (People, "Mentors at level 3 or more."),
    "level_1_2": (People, "Mentors who give themselves level 1 or 2."),
    "level_3": (People, "Mentors who give themselves level 3."),
    "level_4_5": (People, "Mentors who give themselves level 4 or 5."),
    "free_places": (int | None, "Of those who can teach it."),
    "coverage": (float | None, "Share of who wants it for whom there is a free place, 0 to 1."),
    "hidden_experts": (People, "At level 4 or 5, and no place offered."),
    "sentence": (str, "That many want it and few can teach it."),
    "topic": (int, "What the catalogue has no concept for: 1, 2, …"),
    "words": (list[str], "The most typical first; never a sentence of anybody."),
    "counted": (str, "want or can_teach, of a concept; want_area or can_teach_area."),
    "id": (str, "Of the concept or area."),
    "change": (int | None, "Since the cohort before; null for fewer than five."),
    "direction": (Literal["up", "down", "about_the_same"], "Of the change."),
}
_IN_ALL = "want can_teach free_places coverage hidden_experts"
_TABLES = {
    "concepts": f"area concept label {_IN_ALL} level_1_2 level_3 level_4_5",
    "areas": f"area {_IN_ALL}",
    "by_department": "department people area concept want can_teach",
    "by_site": "site people area concept want can_teach",
    "areas_by_department": "department people area want can_teach",
    "areas_by_site": "site people area want can_teach",
    "bottlenecks": "area concept want can_teach sentence",
    "topics": "topic words people",
    "trends": "counted id change direction",
}


def _row(table: str) -> type[BaseModel]:
    """Return the type of a row: the tables are data frames, which become JSON by themselves."""
    columns = {
        name: (kind, Field(description=words))
        for name, (kind, words) in _COLUMNS.items()
        if name in _TABLES[table].split()
    }
    return create_model(f"{table}_row", **columns)  # type: ignore[call-overload, no-any-return]


Picture = create_model(
    "Picture",
    __doc__="Supply and demand of skills among active people, in which nobody can be seen.",
    language=Language,
    withheld_below=(int, Field(description="Null are smaller numbers, and what reveals them.")),
    people=People,
    **{table: list[_row(table)] for table in _TABLES},  # type: ignore[call-overload, misc]
)


@router.get("/v1/gaps", **tells("Show the organisation's picture", Picture, *KNOWING, StoreBusy))
async def get_gaps(request: Request, reading: Annotated[PictureRequest, Query()]) -> Response:
    """Return supply and demand of skills, in fixed tables in which no individual can be seen.

    Null is a number that is withheld. The picture is made anew, which may take some seconds, once
    the data of at least five people have changed.
    """
    gaps = for_gaps(request).gaps

    def answer() -> Response:
        from recommender.skills.picture import organisation_as_json

        return JSONResponse(organisation_as_json(gaps.picture(), reading.language))

    # Whoever waits here for the one who computes keeps no thread from other requests.
    return await to_thread.run_sync(answer, limiter=of(request).one_picture_at_a_time)
