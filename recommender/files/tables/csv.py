"""Tables as CSV: one table a file, recognised by its header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from recommender.domain.errors import Problem, quoted
from recommender.files.tables.cells import Value
from recommender.files.tables.csv_text import SEPARATORS, Row, neutralised, restored, split_rows
from recommender.files.tables.files import BOM, Refused, file_problem, read_text
from recommender.files.tables.layout import Layout
from recommender.files.tables.problems import Header
from recommender.files.tables.reading import Reading, header_names, is_blank

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n?|\n|\Z)', re.IGNORECASE)


def read_csv(paths: Sequence[Path], reading: Reading) -> None:
    """Read CSV files, in whatever order they come, table by table in the order of the layout."""
    tables: dict[str, tuple[Header, Iterator[Row]]] = {}
    for path in paths:
        try:
            header, rows = _opened(path, reading)
        except Refused as refused:
            reading.problems.add(refused.problem)
            continue
        first, _ = tables.setdefault(header.table, (header, rows))
        if first is not header:
            value = f"a second table of {header.table}"
            expected = f"each table once (the other one is {first.file})"
            remedy = "Join the two files, or leave one out."
            reading.problems.add(file_problem(path.name, value, expected, remedy))
    reading.begin({table: header.file for table, (header, _) in tables.items()})
    for table in reading.layout.tables:
        if table in tables:
            header, rows = tables[table]
            for line, cells in rows:
                if not isinstance(cells, Problem):
                    cells = [restored(cell) for cell in cells]
                reading.add(header, line, cells)


def _opened(path: Path, reading: Reading) -> tuple[Header, Iterator[Row]]:
    """Return the header of a CSV file, and the rows after it.

    Raises:
        Refused: if there is none.
    """
    text = read_text(path)
    reading.n_expected += text.count("\n")
    rows = _rows(text, reading.layout)
    for line, cells in rows:
        if isinstance(cells, Problem):
            raise Refused(cells.at(path.name, line, cells.column))
        if not is_blank(cells):
            table = _recognised(cells, reading.layout)
            if table is None:
                raise Refused(_unknown_header(cells, reading.layout).at(path.name, line, None))
            return reading.header(table, path.name, None, line, cells), rows
    remedy = "Export the table again, with its column names in the first row."
    raise Refused(file_problem(path.name, "an empty file", "a header row", remedy))


def _recognised(cells: Sequence[str], layout: Layout) -> str | None:
    """Return the table with which a header has most names in common, if any."""
    names = set(header_names(cells))

    def n_names(table: str) -> int:
        return len(layout.tables[table].columns.keys() & names)

    best = max(layout.tables, key=n_names)
    return best if n_names(best) else None


def _unknown_header(cells: Sequence[str], layout: Layout) -> Problem:
    *others, last = layout.tables
    columns = ", ".join(layout.tables[layout.needed[0]].columns)
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
    known = {name for table in layout.tables.values() for name in table.columns}

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
