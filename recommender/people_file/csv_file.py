"""People files as CSV: one table a file, recognised by its header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from recommender.domain import Pair, Person
from recommender.errors import Problem, quoted
from recommender.people_file.cells import COLUMNS, Table
from recommender.people_file.csv_text import SEPARATORS, Row, neutralised, restored, split_rows
from recommender.people_file.drafts import Drafts
from recommender.people_file.files import BOM, decoded, file_problem, read_bytes
from recommender.people_file.places import Source, Ticker
from recommender.people_file.tables import (
    Header,
    exported,
    header_names,
    is_blank,
    read_header,
    read_row,
    recognised,
)

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n?|\n|\Z)', re.IGNORECASE)
_HEADER_NAMES = frozenset(name for columns in COLUMNS.values() for name in columns)


@dataclass(frozen=True, slots=True)
class _CsvTable:
    """A CSV file whose header has been read, and the rows after it."""

    path: Path
    header: Header
    rows: Iterator[Row]


def read_csv(paths: Sequence[Path], drafts: Drafts, ticker: Ticker) -> None:
    """Read one to three CSV files into the drafts: people first, in whatever order they come."""
    tables: dict[Table, _CsvTable] = {}
    for path in paths:
        opened = _open(path, drafts, ticker)
        if opened is None:
            continue
        first = tables.setdefault(opened.header.table, opened)
        if first is not opened:
            drafts.problems.add(
                file_problem(
                    path,
                    f"a second table of {opened.header.table}",
                    f"each table once (the other one is {first.path.name})",
                    "Join the two files, or leave one out.",
                )
            )
    if Table.PEOPLE not in tables:
        _tell_no_people(tables, drafts)
    for table in Table:
        if table in tables:
            _read_table(tables[table], drafts, ticker, Table.STATEMENTS in tables)


def _read_table(table: _CsvTable, drafts: Drafts, ticker: Ticker, statements_given: bool) -> None:
    for line, cells in table.rows:
        ticker.tick()
        if isinstance(cells, Problem):
            drafts.problems.add(cells.at(table.path.name, line, cells.column))
            if table.header.table is Table.PEOPLE:
                drafts.people_complete = False
        else:
            texts = [restored(cell) for cell in cells]
            read_row(table.header, line, texts, drafts, statements_given)


def _tell_no_people(tables: dict[Table, _CsvTable], drafts: Drafts) -> None:
    """Tell that there is no people table, unless one that cannot be read may be it."""
    if drafts.problems:
        drafts.people_complete = False
    elif Table.STATEMENTS in tables:
        drafts.people_complete = False
        drafts.problems.add(
            file_problem(
                tables[Table.STATEMENTS].path,
                "statements without people",
                "a people table in the same import",
                "Import the people and their statements together.",
            )
        )


def _open(path: Path, drafts: Drafts, ticker: Ticker) -> _CsvTable | None:
    """Read the header of a CSV file, or tell why there is none."""
    data = read_bytes(path, drafts.problems)
    text = None if data is None else decoded(path, data, 1, drafts.problems)
    if text is None:
        return None
    ticker.total += text.count("\n")
    rows = _rows(text)
    for line, cells in rows:
        if isinstance(cells, Problem):
            drafts.problems.add(cells.at(path.name, line, cells.column))
            return None
        if is_blank(cells):
            continue
        table = recognised(header_names(cells))
        source = Source(path.name, columns={})
        if table is not None:
            header = read_header(table, source, line, cells, drafts.problems)
            return _CsvTable(path, header, rows)
        expected = "the header of a people, statements or pairs table"
        remedy = (
            f"Begin the file with the column names, such as {', '.join(COLUMNS[Table.PEOPLE])}."
        )
        value = quoted(" ".join(cells))
        drafts.problems.add(Problem("header", value, expected, remedy, path.name, line))
        return None
    remedy = "Export the table again, with its column names in the first row."
    drafts.problems.add(file_problem(path, "an empty file", "a header row", remedy))
    return None


def _rows(text: str) -> Iterator[Row]:
    """Return the rows of a file, after the line with which Excel names the separator."""
    separator_line = _SEPARATOR_LINE.match(text)
    start = separator_line.end() if separator_line else 0
    lines = text[start : start + 10_000].splitlines()
    head = next((line for line in lines if line.strip(f" {SEPARATORS}")), "")
    return split_rows(text[start:], _sniffed(head), 2 if separator_line else 1)


def _sniffed(line: str) -> str:
    """Return the separator that finds most column names in the header line."""

    def n_names(separator: str) -> int:
        names = header_names([cell.strip().strip('"') for cell in line.split(separator)])
        return len(_HEADER_NAMES.intersection(names))

    return max(SEPARATORS, key=n_names)


def write_csv(
    stream: BinaryIO, table: Table, people: Sequence[Person], pairs: Sequence[Pair]
) -> None:
    """Write one table as Excel reads it: UTF-8 with byte order mark, commas, CRLF."""
    stream.write(BOM)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        for row in exported(table, people, pairs):
            writer.writerow(neutralised(cell) if isinstance(cell, str) else cell for cell in row)
    finally:
        text.detach()
