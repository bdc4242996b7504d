"""The forms of a people file."""

from __future__ import annotations

from recommender.files.tables.forms import Form, Forms

FORMS = Forms(
    (Form.CSV, Form.JSON_LINES, Form.WORKBOOK),
    3,
    "a CSV, JSON Lines or .xlsx file",
    "Name one to three CSV files (.csv, people and statements and pairs), or one JSON Lines file "
    "(.jsonl), or one Excel workbook (.xlsx).",
)
