"""Tables as Excel workbooks: one sheet a table, recognised by its name."""

from __future__ import annotations

import re
import threading
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from recommender.files.tables.cells import Cell, DateCell, Unusable, Value
from recommender.files.tables.files import Refused, check_readable, file_problem, reason
from recommender.files.tables.layout import Layout
from recommender.files.tables.problems import Header
from recommender.files.tables.reading import Reading, is_blank

MAX_UNCOMPRESSED_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 40
MAX_ROWS = 1_048_576
_OLE_START = b"\xd0\xcf\x11\xe0"
_WARNINGS = threading.Lock()
_FORMULA_LIKE = re.compile(r"[=+\-@]")
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


class _NoWorkbook(Exception):
    """A file that cannot be read as a workbook; ``args`` say what it is, and what to do."""


def read_workbook(path: Path, reading: Reading) -> None:
    """Read the sheets of a workbook, in the order of the layout."""
    layout, problems = reading.layout, reading.problems
    names = " or ".join(layout.needed)
    expected = f"an Excel workbook (.xlsx) with a sheet {names}"
    try:
        check_readable(path)
        with _opened(path) as book:
            sheets = _sheets(book, layout)
            if not sheets.keys() & set(layout.needed):
                main = layout.needed[0]
                remedy = f"Give the sheet with the {main} the name {main}."
                problems.add(file_problem(path.name, f"no sheet {names}", expected, remedy))
            reading.begin(dict.fromkeys(sheets, path.name))
            for table in layout.tables:
                if table in sheets:
                    _read_sheet(path, table, sheets[table], reading)
    except Refused as refused:
        problems.add(refused.problem)
    except _NoWorkbook as refused:
        reading.lose(*layout.tables)
        value, remedy = refused.args
        problems.add(file_problem(path.name, value, expected, remedy))


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    """Open a workbook for reading row by row, and close it whatever happens."""
    with _WARNINGS, warnings.catch_warnings():
        # Drop-down lists and the like are of no interest here, nor is openpyxl's word on them.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        with _stream(path) as stream:
            _refuse_unsafe(stream)
            try:
                book = load_workbook(stream, read_only=True, keep_links=False)
            except Exception as error:
                raise _damaged(error) from error
            try:
                yield book
            finally:
                book.close()


def _stream(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise _NoWorkbook(reason(error), "Check the permissions.") from error


def _damaged(error: Exception) -> _NoWorkbook:
    return _NoWorkbook(
        f"a damaged workbook ({type(error).__name__})",
        "Open it in Excel and save it again as an Excel workbook (.xlsx).",
    )


def _refuse_unsafe(stream: BinaryIO) -> None:
    """Refuse what is no workbook, is encrypted, or would fill the memory when unpacked."""
    start = stream.read(4)
    stream.seek(0)
    if start == _OLE_START:
        raise _NoWorkbook(
            "an encrypted or an old workbook (.xls)",
            "Remove the password, and save it as an Excel workbook (.xlsx).",
        )
    try:
        with zipfile.ZipFile(stream) as archive:
            n_bytes = sum(member.file_size for member in archive.infolist())
    except Exception as error:
        raise _NoWorkbook("not a workbook", "Save it as an Excel workbook (.xlsx).") from error
    if n_bytes > MAX_UNCOMPRESSED_BYTES:
        raise _NoWorkbook(
            f"{n_bytes} bytes when unpacked",
            f"Import it in parts of at most {MAX_UNCOMPRESSED_BYTES} bytes, or as CSV.",
        )


def _sheets(book: Workbook, layout: Layout) -> dict[str, Worksheet]:
    """Return the sheet of each table; others are of no interest."""
    sheets: dict[str, Worksheet] = {}
    for sheet in book.worksheets:
        table = str(sheet.title).strip().lower()
        if table in layout.tables:
            sheets.setdefault(table, sheet)
    return sheets


def _read_sheet(path: Path, table: str, sheet: Worksheet, reading: Reading) -> None:
    reading.n_expected += min(sheet.max_row or 0, MAX_ROWS)
    header: Header | None = None
    for line, cells in _rows(sheet):
        if header is not None:
            reading.add(header, line, cells + [""] * (header.n_cells - len(cells)))
        elif not is_blank(cells):
            header = reading.header(table, path.name, str(sheet.title), line, cells)
    if header is None:
        reading.lose(table)
        remedy = "Write the column names into the first row of the sheet."
        problem = file_problem(path.name, f"an empty sheet {table}", "a header row", remedy)
        reading.problems.add(problem)


def _rows(sheet: Worksheet) -> Iterator[tuple[int, list[Cell]]]:
    """Yield each row that is not blank, with its number and without blank cells at its end."""
    sheet.reset_dimensions()  # They are a hint by the program that wrote the file, often wrong.
    try:
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS)
        for line, row in enumerate(rows, 1):
            n_cells = len(row)
            while n_cells and row[n_cells - 1].value in (None, ""):
                n_cells -= 1
            if n_cells:
                yield line, [_text(cell.value, cell.data_type) for cell in row[:n_cells]]
    except Exception as error:
        raise _damaged(error) from error


def _text(value: object, data_type: str) -> Cell:
    """Return what a cell says as text. A formula is its own text, never its result."""
    if value is None:
        return ""
    if data_type == "e":
        return Unusable(f"{value} (a failed formula)", "Repair the formula, or write its result.")
    if isinstance(value, bool):
        return Unusable(f"{value} (a truth value)", "Format the cell as text, and write it again.")
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    remedy = "Format the cell as text, and write it again."
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return DateCell(f"{value} (a date or time)", remedy, moment)
    what = "a date or time" if isinstance(value, time | timedelta) else "a formula"
    return Unusable(f"{value} ({what})", remedy)


def write_workbook(stream: BinaryIO, tables: Mapping[str, Iterable[Sequence[Value]]]) -> None:
    """Write each table as a sheet of its name, in which no text is a formula."""
    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_excel_cell(sheet, value) for value in row])
    book.save(stream)


def _excel_cell(sheet: Worksheet, value: Value) -> ExcelCell | Value | None:
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
