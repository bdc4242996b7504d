"""One report, or one cohort, from the texts of its fields, as somebody types them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from recommender.domain.feedback import FORMS, Cohort, Feedback, FeedbackKind
from recommender.files.feedback.tables import COLUMNS, Table
from recommender.files.tables.converters import whole


def with_value(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a report with a number for value where its kind has a scale."""
    kind, value = given["kind"], given["value"]
    if isinstance(kind, FeedbackKind) and FORMS[kind].scale and isinstance(value, str):
        value = whole(value)
    return {**given, "value": value}


def feedback_of_texts(texts: Mapping[str, str]) -> Feedback:
    """Make a report of texts such as a row of a file has; it is given now unless they say when.

    Args:
        texts: A text per column of the feedback table. ``value``, ``session``, ``goal`` and
            ``given_at`` may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    given = _fields(Table.FEEDBACK, texts)
    if "given_at" not in texts:
        given["given_at"] = datetime.now(UTC)
    return Feedback(**with_value(given))


def cohort_of_texts(texts: Mapping[str, str]) -> Cohort:
    """Make a cohort of texts such as a row of a file has.

    Args:
        texts: A text per column of the cohorts table. ``simulated`` may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    return Cohort(**_fields(Table.COHORTS, texts))


def _fields(table: Table, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: column.value(texts[name]) if name in texts else column.absent
        for name, column in COLUMNS[table].items()
    }
