"""The forms of a feedback file."""

from __future__ import annotations

from recommender.files.tables.forms import Form, Forms

FORMS = Forms(
    (Form.CSV, Form.WORKBOOK),
    2,
    "a CSV or .xlsx file",
    "Name one or two CSV files (.csv, feedback and cohorts), or one Excel workbook (.xlsx).",
)
