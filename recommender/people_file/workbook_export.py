"""Writing people files as Excel workbooks in which no text is a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from recommender.domain import Pair, Person
from recommender.people_file.cells import Table
from recommender.people_file.tables import Value, exported

_FORMULA_LIKE = re.compile(r"[=+\-@]")
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def write_workbook(stream: BinaryIO, people: Sequence[Person], pairs: Sequence[Pair]) -> None:
    """Write all three tables as a workbook in which no text is a formula."""
    book = Workbook(write_only=True)
    for table in Table:
        sheet = book.create_sheet(table.value)
        for row in exported(table, people, pairs):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(stream)


def _cell(sheet: Worksheet, value: Value) -> ExcelCell | Value | None:
    """Return a value as a cell; text stays text even where it looks like a formula or an error."""
    if value == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        exact = WriteOnlyCell(sheet, value=repr(value))  # openpyxl writes 16 digits, this all.
        exact.data_type = "n"
        return exact
    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("\ufffd", value))
    cell.data_type = "s"
    if _FORMULA_LIKE.match(value):
        cell.quotePrefix = True
    return cell
