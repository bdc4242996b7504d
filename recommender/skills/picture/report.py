"""One page for HR with the organisation's picture: read in a browser, or printed to PDF.

The page holds everything it needs and loads nothing. What is withheld is a dash, never a zero.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from recommender.domain.disclosure import FEWEST
from recommender.domain.people import MAX_LEVEL
from recommender.domain.texts import text
from recommender.files import replace_files
from recommender.skills.picture.bottlenecks import MANY, PER_TEACHER
from recommender.skills.picture.heat_map import heat_map
from recommender.skills.picture.organisation import OrganisationGaps
from recommender.skills.picture.sentences import area_name, concept_names, five_sentences
from recommender.skills.picture.supply import EXPERT_FROM, TEACHES_FROM

N_CONCEPTS = 20
N_BOTTLENECKS = 10
N_TRENDS = 20
COUNTED = ("want", "can_teach")
DEFINED_BY = {
    "fewest": FEWEST,
    "teaches_from": TEACHES_FROM,
    "expert_from": EXPERT_FROM,
    "max_level": MAX_LEVEL,
    "many": MANY,
    "per_teacher": PER_TEACHER,
    "n_concepts": N_CONCEPTS,
    "n_trends": N_TRENDS,
}


def write_report(
    gaps: OrganisationGaps, language: str, path: Path, made_on: date | None = None
) -> None:
    """Write the page as one HTML file; the same picture gives the same bytes.

    Args:
        gaps: The picture.
        language: "de" or "en".
        path: Of the file; one of that name is replaced as a whole.
        made_on: Date to be told, if any.

    Raises:
        InvalidInput: if the file cannot be written.
    """
    page = report_page(gaps, language, made_on).encode()

    def write(stream: BinaryIO) -> None:
        stream.write(page)

    replace_files([(path, write)])


def report_page(gaps: OrganisationGaps, language: str, made_on: date | None = None) -> str:
    """Return the page as HTML.

    Args:
        gaps: The picture.
        language: "de" or "en".
        made_on: Date to be told, if any.
    """
    areas = gaps.areas.sort("want", descending=True, nulls_last=True, maintain_order=True)
    cuts = {"department": gaps.areas_by_department, "site": gaps.areas_by_site}
    return _template().render(
        language=language,
        t=partial(_said, language),
        area_name=partial(area_name, language),
        made_on=made_on,
        people=gaps.people,
        sentences=five_sentences(gaps, language),
        areas=areas.to_dicts(),
        most=max((n for name in COUNTED for n in areas[name].drop_nulls()), default=1),
        maps={
            (group, counted): heat_map(table, group, counted, areas["area"].to_list())
            for group, table in cuts.items()
            for counted in COUNTED
        },
        concepts=_most_wanted(gaps),
        concept_name=concept_names(gaps, language),
        bottlenecks=gaps.bottlenecks.head(N_BOTTLENECKS).to_dicts(),
        topics=gaps.topics.to_dicts(),
        compared=not gaps.trends.is_empty(),
        trends=_trends(gaps.trends),
    )


def _said(language: str, key: str, **values: object) -> str:
    return text(language, f"report.{key}", **DEFINED_BY, **values)


def _most_wanted(gaps: OrganisationGaps) -> list[dict[str, Any]]:
    shown = gaps.concepts.drop_nulls("want")
    return shown.sort("want", descending=True, maintain_order=True).head(N_CONCEPTS).to_dicts()


def _trends(trends: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the largest changes first; those that are not told as a number are left out."""
    numbered = trends.drop_nulls("change")
    largest = numbered.sort(pl.col("change").abs(), descending=True, maintain_order=True)
    return largest.head(N_TRENDS).to_dicts()


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("recommender", "skills/picture"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
