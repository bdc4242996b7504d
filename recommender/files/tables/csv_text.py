"""The text of CSV: splitting it into rows of cells, and keeping cells from becoming formulas.

The standard ``csv`` reader is not used: its limit on a cell is a setting of the whole process, it
cannot say in which column it stumbled, and after a stray quote it loses count of the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommender.domain.errors import Problem, quoted

SEPARATORS = ",;\t"
_LINE_END = re.compile(r"\r\n?|\n")
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")

Row = tuple[int, list[str] | Problem]


def neutralised(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula. :func:`restored` undoes it."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(cell: str) -> str:
    """Return the text that :func:`neutralised` made this cell of."""
    return cell[1:] if cell.startswith("'") and _NEUTRALISED.match(cell) else cell


def split_rows(text: str, separator: str, line: int) -> Iterator[Row]:
    """Yield each row with the 1-based line on which it starts.

    After a misplaced quote the row ends with that line; after one that is never closed, with the
    text. So no character is read twice, however broken the file is.

    Args:
        text: The text of a CSV file, from the start of a line.
        separator: The character between cells.
        line: The line with which ``text`` starts.

    Yields:
        The cells, or a problem with its column if the row cannot be split; reading goes on after
        it.
    """
    position = 0
    while position < len(text):
        start = position
        end, position = _line_end(text, start)
        if text.find('"', start, end) < 0:
            yield line, text[start:end].split(separator)
        else:
            cells, position = _quoted_row(text, separator, start)
            yield line, cells
        line += len(_LINE_END.findall(text, start, position))


def _quoted_row(text: str, separator: str, position: int) -> tuple[list[str] | Problem, int]:
    """Return a row that may have quotes, and where the next one starts."""
    plain = re.compile(f"[^{separator}\r\n]*+")
    cells: list[str] = []
    while True:
        start = position
        if text.startswith('"', start):
            cell = _QUOTED.match(text, start)
            if cell is None:
                problem = _broken(text[start:], "a second quote that closes the cell")
                return problem.at("", None, len(cells) + 1), len(text)
            position = cell.end()
            if text[position : position + 1] not in ("", "\r", "\n", separator):
                following = _line_end(text, position)[1]
                problem = _broken(text[start:following], "nothing after the closing quote")
                return problem.at("", None, len(cells) + 1), following
            cells.append(cell[1].replace('""', '"'))
        else:
            plain_cell = plain.match(text, start)
            position = plain_cell.end() if plain_cell else start
            cells.append(text[start:position])
        if not text.startswith(separator, position):
            return cells, _line_end(text, position)[1]
        position += 1


def _broken(row: str, expected: str) -> Problem:
    remedy = 'Write a quote (") within a quoted cell twice ("").'
    return Problem("row", quoted(row.rstrip("\r\n")), expected, remedy)


def _line_end(text: str, position: int) -> tuple[int, int]:
    """Return where the line ends and where the next one starts."""
    end = _LINE_END.search(text, position)
    return end.span() if end else (len(text), len(text))
