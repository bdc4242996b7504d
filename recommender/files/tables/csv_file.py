"""Tables as CSV: one table a file, recognised by its header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from recommender.domain.errors import Problem, quoted
from recommender.files.tables.cells import Layout
from recommender.files.tables.csv_text import SEPARATORS, Row, neutralised, restored, split_rows
from recommender.files.tables.files import BOM, decoded, file_problem, read_bytes
from recommender.files.tables.places import Problems, Source, Ticker
from recommender.files.tables.rows import (
    Drafts,
    Header,
    Value,
    header_names,
    is_blank,
    read_header,
    read_row,
    recognised,
)

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n?|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _CsvTable:
    """A CSV file whose header has been read, and the rows after it."""

    path: Path
    header: Header
    rows: Iterator[Row]


def read_csv(paths: Sequence[Path], layout: Layout, drafts: Drafts, ticker: Ticker) -> None:
    """Read CSV files into the drafts: in the order of the layout, in whatever order they come."""
    tables: dict[str, _CsvTable] = {}
    for path in paths:
        opened = _open(path, layout, drafts.problems, ticker)
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
    drafts.begin({table: opened.path for table, opened in tables.items()})
    for table in layout.tables:
        if table in tables:
            _read_table(tables[table], drafts, ticker)


def _read_table(table: _CsvTable, drafts: Drafts, ticker: Ticker) -> None:
    for line, cells in table.rows:
        ticker.tick()
        if isinstance(cells, Problem):
            drafts.problems.add(cells.at(table.path.name, line, cells.column))
            drafts.lose(table.header.table)
        else:
            read_row(table.header, line, [restored(cell) for cell in cells], drafts)


def _open(path: Path, layout: Layout, problems: Problems, ticker: Ticker) -> _CsvTable | None:
    """Read the header of a CSV file, or tell why there is none."""
    data = read_bytes(path, problems)
    text = None if data is None else decoded(path, data, 1, problems)
    if text is None:
        return None
    ticker.total += text.count("\n")
    rows = _rows(text, layout)
    for line, cells in rows:
        if isinstance(cells, Problem):
            problems.add(cells.at(path.name, line, cells.column))
            return None
        if is_blank(cells):
            continue
        table = recognised(header_names(cells), layout)
        if table is None:
            problems.add(_unknown_header(cells, layout).at(path.name, line, None))
            return None
        source = Source(path.name, columns={})
        return _CsvTable(path, read_header(table, source, line, cells, layout, problems), rows)
    remedy = "Export the table again, with its column names in the first row."
    problems.add(file_problem(path, "an empty file", "a header row", remedy))
    return None


def _unknown_header(cells: Sequence[str], layout: Layout) -> Problem:
    *others, last = layout.tables
    columns = ", ".join(layout.tables[layout.main])
    return Problem(
        "header",
        quoted(" ".join(cells)),
        f"the header of a {', '.join(others)} or {last} table",
        f"Begin the file with the column names, such as {columns}.",
    )


def _rows(text: str, layout: Layout) -> Iterator[Row]:
    """Return the rows of a file, after the line with which Excel names the separator."""
    separator_line = _SEPARATOR_LINE.match(text)
    start = separator_line.end() if separator_line else 0
    lines = text[start : start + 10_000].splitlines()
    head = next((line for line in lines if line.strip(f" {SEPARATORS}")), "")
    return split_rows(text[start:], _sniffed(head, layout), 2 if separator_line else 1)


def _sniffed(line: str, layout: Layout) -> str:
    """Return the separator that finds most column names in the header line."""
    known = {name for columns in layout.tables.values() for name in columns}

    def n_names(separator: str) -> int:
        names = header_names([cell.strip().strip('"') for cell in line.split(separator)])
        return len(known.intersection(names))

    return max(SEPARATORS, key=n_names)


def write_csv(stream: BinaryIO, rows: Iterable[Sequence[Value]]) -> None:
    """Write a table as Excel reads it: UTF-8 with byte order mark, commas, CRLF."""
    stream.write(BOM)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        for row in rows:
            writer.writerow(neutralised(cell) if isinstance(cell, str) else cell for cell in row)
    finally:
        text.detach()
