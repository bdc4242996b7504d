"""What requests of several nouns are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from recommender.domain.checks import ID_PATTERN, MAX_NAME

PersonId = Annotated[
    str,
    Field(
        pattern=f"^(?:{ID_PATTERN})$",
        description="Staff number or account name, opaque to Tandem.",
    ),
]
CohortId = Annotated[
    str, Field(pattern=f"^(?:{ID_PATTERN})$", description="Id of a cohort, such as 2026-autumn.")
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class Strict(BaseModel):
    """A body that takes no unknown field and no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
