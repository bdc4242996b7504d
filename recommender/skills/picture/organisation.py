"""The organisation's picture: supply and demand, in which no individual can be seen.

Every table is cut in the same fixed ways, and every number in it is a count of at least five
people or derived from such counts; ``disclosure`` says which numbers are withheld, and why that is
enough. A withheld number is null. Tables are polars data frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.domain.disclosure import FEWEST
from recommender.skills.catalogue import Concept
from recommender.skills.knowledge import Knowledge
from recommender.skills.picture.bottlenecks import bottlenecks
from recommender.skills.picture.counting import AREAS, CONCEPTS, Catalogued, Tally, column
from recommender.skills.picture.cuts import Cut, fixed_cuts
from recommender.skills.picture.material import Material, read_material
from recommender.skills.picture.supply import (
    EXPERT_FROM,
    TEACHES_FROM,
    by_level,
    coverage,
    free_places,
)
from recommender.skills.picture.topics import Topic, emerging_topics
from recommender.skills.picture.trends import Snapshot, trends
from recommender.store import Transaction

TOPICS: dict[str, pl.DataType] = {
    "topic": pl.Int64(),
    "words": pl.List(pl.String),
    "people": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class OrganisationGaps:
    """What HR may see; every count is one of active people.

    ``want`` counts who has a goal in it; ``can_teach`` mentors who give themselves level 3 or more;
    ``hidden_experts`` people at level 4 or 5 who offer no place as mentors. ``free_places`` are
    those of who can teach, and ``coverage`` is the share of those who want it for whom there is
    one, 0 to 1. Where a table names departments or sites, null stands for all others together.

    Attributes:
        people: How many people take part, or None if under five.
        concepts: area, concept, label_de, label_en, want, can_teach, level_1_2, level_3,
            level_4_5 (mentors by the level they give themselves), free_places, coverage,
            hidden_experts; one row per concept, in the catalogue's order.
        areas: area, want, can_teach, free_places, coverage, hidden_experts.
        by_department, by_site: department or site, people (in the group), area, concept, want,
            can_teach; no row if there is but one group.
        areas_by_department, areas_by_site: The same without concept.
        bottlenecks: area, concept, want, can_teach, sentence_de, sentence_en; most wanted first.
        topics: topic (1, 2, …), words, people; what the catalogue has no concept for.
        trends: counted, id, change, direction; see :mod:`~recommender.skills.picture.trends`.
    """

    people: int | None
    concepts: pl.DataFrame
    areas: pl.DataFrame
    by_department: pl.DataFrame
    by_site: pl.DataFrame
    areas_by_department: pl.DataFrame
    areas_by_site: pl.DataFrame
    bottlenecks: pl.DataFrame
    topics: pl.DataFrame
    trends: pl.DataFrame


def organisation_gaps(
    connection: Transaction, encoder: str, knowledge: Knowledge, before: Snapshot | None = None
) -> OrganisationGaps:
    """Read what everybody states and return the organisation's picture.

    Args:
        connection: A reading transaction.
        encoder: Digest of the encoder whose vectors are linked to concepts.
        knowledge: The catalogue and its linker.
        before: Snapshot of an earlier cohort, for the trends.
    """
    material = read_material(connection, encoder, knowledge)
    return picture(material, knowledge.concepts, before)


def picture(
    material: Material, concepts: Mapping[str, Concept], before: Snapshot | None = None
) -> OrganisationGaps:
    """Count what was read and withhold what must not be shown.

    Args:
        material: Who wants and knows what.
        concepts: The catalogue, in its order.
        before: Snapshot of an earlier cohort, for the trends.
    """
    people, n_people = material.people, len(material.people)
    catalogued = Catalogued(list(concepts), [concept.area for concept in concepts.values()])
    mentors = np.array([person.mentors for person in people], dtype=np.bool_)
    free = np.array([person.free_places for person in people], dtype=np.int64)
    offered = mentors[material.skill_person]

    def knowing(who: NDArray[np.bool_]) -> Tally:
        person, concept = material.skill_person[who], material.skill_concept[who]
        return Tally(catalogued, n_people, person, concept)

    wishes = Tally(catalogued, n_people, material.wish_person, material.wish_concept)
    teachers = knowing(offered & (material.skill_level >= TEACHES_FROM))
    experts = knowing(~offered & (material.skill_level >= EXPERT_FROM))
    in_all = _in_all(CONCEPTS, wishes, teachers, experts, free).with_columns(
        by_level(
            material.skill_concept[offered],
            material.skill_level[offered],
            teachers.shown[0],
            n_people,
        )
    )
    labels = [
        pl.Series(f"label_{code}", [c.label[code] for c in concepts.values()], dtype=pl.String)
        for code in ("de", "en")
    ]
    in_all = in_all.with_columns(labels).select(
        "area", "concept", "label_de", "label_en", "want", "can_teach", "level_1_2", "level_3",
        "level_4_5", "free_places", "coverage", "hidden_experts",
    )  # fmt: skip
    areas = _in_all(AREAS, wishes, teachers, experts, free)
    by_department, by_site = fixed_cuts([p.department for p in people], [p.site for p in people])
    departments = _by_group("department", by_department, wishes, teachers)
    sites = _by_group("site", by_site, wishes, teachers)
    now = _totals(in_all, areas)
    return OrganisationGaps(
        people=n_people if n_people >= FEWEST else None,
        concepts=in_all,
        areas=areas,
        by_department=departments[0],
        by_site=sites[0],
        areas_by_department=departments[1],
        areas_by_site=sites[1],
        bottlenecks=bottlenecks(wishes, teachers),
        topics=_topics(emerging_topics(material.outside, material.names)),
        trends=trends(now, before or {}),
    )


def snapshot(picture: OrganisationGaps) -> dict[str, dict[str, int]]:
    """Return the published totals by what is counted and by id, to be stored as JSON."""
    return _totals(picture.concepts, picture.areas)


def _totals(concepts: pl.DataFrame, areas: pl.DataFrame) -> dict[str, dict[str, int]]:
    totals = {}
    for frame, key, suffix in ((concepts, "concept", ""), (areas, "area", "_area")):
        for counted in ("want", "can_teach"):
            published = frame.select(key, counted).drop_nulls()
            totals[counted + suffix] = dict(published.iter_rows())
    return totals


def _in_all(
    rows: int, wishes: Tally, teachers: Tally, experts: Tally, free: NDArray[np.int64]
) -> pl.DataFrame:
    """Return one row per concept, or per area."""
    person, place = teachers.pairs[rows]
    places = free_places(place, free[person], teachers.shown[rows])
    tallies = {"want": wishes, "can_teach": teachers, "hidden_experts": experts}
    want, teach, hidden = (column(name, *tally.in_all[rows]) for name, tally in tallies.items())
    left = column("free_places", *places)
    keys = [pl.Series(*key, dtype=pl.String) for key in wishes.catalogued.keys[rows].items()]
    return pl.DataFrame([*keys, want, teach, left, coverage(want, left), hidden])


def _by_group(
    name: str, cut: Cut, wishes: Tally, teachers: Tally
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per concept and group, and one per area and group, sorted by group."""
    tallies = {"want": wishes.by_group(cut), "can_teach": teachers.by_group(cut)}
    # A cut into one group would repeat the totals.
    n_groups = len(cut) if len(cut) > 1 else 0

    def frame(rows: int) -> pl.DataFrame:
        keys = wishes.catalogued.keys[rows]
        group = np.repeat(np.arange(n_groups), len(keys["area"]))
        columns = [
            pl.Series(name, [cut.names[place] for place in group], dtype=pl.String),
            pl.Series("people", cut.people[group], dtype=pl.Int64),
            *(pl.Series(key, ids * n_groups, dtype=pl.String) for key, ids in keys.items()),
        ]
        for counted, tables in tallies.items():
            counts, shown = tables[rows]
            columns.append(column(counted, counts.T[:n_groups], shown.T[:n_groups]))
        return pl.DataFrame(columns)

    return frame(CONCEPTS), frame(AREAS)


def _topics(topics: list[Topic]) -> pl.DataFrame:
    rows = [(place, list(topic.words), topic.people) for place, topic in enumerate(topics, start=1)]
    return pl.DataFrame(rows, schema=TOPICS, orient="row")
