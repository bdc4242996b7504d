"""What is asked and answered at /v1/recommendations."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, TypeAdapter

from recommender.domain.checks import canonical_text
from recommender.domain.people import Kind, Statement
from recommender.domain.ranking import MAX_GOALS, MAX_K, Query, Ranking
from service.schemas.fields import LanguageCode, Name, PersonId, Refused, Strict, Text
from service.schemas.people import Priority

MAX_EXCLUDED = 1000
DEFAULT_PRIORITY = 2


class Goal(Strict):
    """Something the mentee wants to learn, given with the query and forgotten after it."""

    text: Text
    language: LanguageCode
    priority: Priority = DEFAULT_PRIORITY

    def statement(self) -> Statement:
        """Return the domain's statement."""
        return Statement(Kind.GOAL, self.text, self.language, priority=self.priority)


class RecommendationRequest(Strict):
    """Who asks and what for: a stored mentee, or goals as text, or both."""

    mentee_id: PersonId | None = Field(
        default=None, description="A stored mentee. Without goals, their stored goals count."
    )
    goals: list[Goal] = Field(
        default=[], max_length=MAX_GOALS, description="Goals that count instead of the stored ones."
    )
    k: int = Field(default=5, ge=1, le=MAX_K, description="How many mentors to return at most.")
    language: LanguageCode | None = Field(default=None, description="Only mentors who speak it.")
    site: Name | None = Field(default=None, description="Only mentors at this site.")
    exclude: list[PersonId] = Field(
        default=[],
        max_length=MAX_EXCLUDED,
        description="People not to recommend, unknown ids included.",
    )

    def query(self) -> Query:
        """Return the domain's query.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        refused = Refused()
        goals = [
            refused.unless(f"goals[{place}].", goal.statement)
            for place, goal in enumerate(self.goals)
        ]
        refused.done()
        return Query(
            mentee_id=self.mentee_id,
            goals=tuple(goal for goal in goals if goal is not None),
            k=self.k,
            language=self.language,
            site=None if self.site is None else canonical_text(self.site),
            exclude=frozenset(self.exclude),
        )


class GoalMatchAnswer(Strict):
    """How a mentor answers one goal: the statement of theirs that comes closest."""

    goal: str
    statement: str
    level: int = Field(description="The mentor's own rating of that skill, 1 to 5.")
    similarity: float = Field(description="Cosine of goal and statement, −1 to 1.")
    affinity: float = Field(description="Mean of the mentor's best three for this goal.")
    contribution: float = Field(description="Affinity times the goal's weight.")
    covered: bool = Field(description="Whether the similarity reaches the coverage threshold.")


class ReasonAnswer(Strict):
    """One feature that speaks for a mentor, in the language of the answer."""

    feature: str
    text: str


class RecommendationAnswer(Strict):
    """One mentor at one place of a ranking."""

    position: int = Field(ge=1, description="1, 2, 3, … without gaps.")
    rank: int = Field(ge=1, description="Equal scores share a rank.")
    mentor_id: PersonId
    name: str
    department: str
    site: str
    score: float = Field(description="Only its order has a meaning.")
    affinity: float = Field(description="Sum of the contributions of all goals.")
    contributions: dict[str, float] = Field(
        description="What each feature adds to the score: their sum, rounded to six decimals."
    )
    matches: list[GoalMatchAnswer]
    reasons: list[ReasonAnswer]
    features: dict[str, float] = Field(description="What the score was computed from.")


class RankingAnswer(Strict):
    """The answer to a query."""

    ranking_id: str
    created_at: datetime
    mentee_id: PersonId | None
    language: str = Field(description="Of the reasons: de or en.")
    goals: list[str]
    recommendations: list[RecommendationAnswer] = Field(max_length=MAX_K)
    uncovered_goals: list[str] = Field(description="Goals that no eligible mentor covers.")
    kept_out: dict[str, int] = Field(
        description="Per rule, in order, the people whom it was the first to keep out."
    )
    n_people: int = Field(ge=0)
    n_eligible: int = Field(ge=0)
    encoder: str = Field(description="Digest of the encoder.")
    ranker: str | None = Field(description="Version of the active ranker, if there is one.")
    degraded: bool = Field(description="True while the order is affinity for want of a ranker.")
    notes: list[str] = Field(
        description="What a reader should know before they trust the answer, in its language."
    )


ranking_json = TypeAdapter(Ranking).dump_json
