"""How supply and demand changed from one cohort to the next, by the published totals alone."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from recommender.domain.disclosure import FEWEST

Snapshot = Mapping[str, Mapping[str, int]]
"""Published totals by what is counted, such as ``want``, and by the id of a concept or area."""

SCHEMA = {
    "counted": pl.String,
    "id": pl.String,
    "change": pl.Int64,
    "direction": pl.String,
}


def trends(now: Snapshot, before: Snapshot) -> pl.DataFrame:
    """Compare two snapshots.

    Only what both publish is compared. A change by fewer than five people is ``about_the_same``
    and not told as a number: it would be a count of under five people.

    Returns:
        Columns: counted (``want`` or ``can_teach``, ``want_area`` or ``can_teach_area``), id (of
        the concept or area), change (people, null if under five), direction (``up``, ``down`` or
        ``about_the_same``); sorted by counted and id.
    """
    rows: list[tuple[str, str, int | None, str]] = []
    for counted in sorted(now.keys() & before.keys()):
        for key in sorted(now[counted].keys() & before[counted].keys()):
            change = now[counted][key] - before[counted][key]
            if abs(change) < FEWEST:
                rows.append((counted, key, None, "about_the_same"))
            else:
                rows.append((counted, key, change, "up" if change > 0 else "down"))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
