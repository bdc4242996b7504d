"""Writing tables as Excel workbooks in which no text is a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from recommender.files.tables.rows import Value

_FORMULA_LIKE = re.compile(r"[=+\-@]")
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def write_workbook(stream: BinaryIO, tables: Mapping[str, Iterable[Sequence[Value]]]) -> None:
    """Write each table as a sheet of its name."""
    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
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
