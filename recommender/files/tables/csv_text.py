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

    Args:
        text: The text of a CSV file, from the start of a line.
        separator: The character between cells.
        line: The line with which ``text`` starts.

    Yields:
        The cells, or a problem with its column if the row cannot be split; reading goes on after
        it.
    """
    splitter = _Splitter(text, separator)
    while splitter.position < len(text):
        start = splitter.position
        yield line, splitter.next_row()
        line += len(_LINE_END.findall(text, start, splitter.position))


class _Splitter:
    """Takes a text apart row by row.

    After a misplaced quote the row ends with that line; after one that is never closed, with the
    text. So no character is read twice, however broken the file is.
    """

    def __init__(self, text: str, separator: str) -> None:
        self.position = 0
        self._text = text
        self._separator = separator
        self._unquoted = re.compile(f"[^{separator}\r\n]*+")

    def next_row(self) -> list[str] | Problem:
        """Return the next row and move behind it."""
        end, following = self._line_end(self.position)
        if self._text.find('"', self.position, end) < 0:
            cells = self._text[self.position : end].split(self._separator)
            self.position = following
            return cells
        cells = []
        while True:
            taken = self._next_cell()
            if not isinstance(taken, str):
                return taken.at("", None, len(cells) + 1)
            cells.append(taken)
            if not self._text.startswith(self._separator, self.position):
                self.position = self._line_end(self.position)[1]
                return cells
            self.position += 1

    def _next_cell(self) -> str | Problem:
        """Return the next cell and move to what follows it."""
        if not self._text.startswith('"', self.position):
            found = self._unquoted.match(self._text, self.position)
            self.position, start = found.end() if found else self.position, self.position
            return self._text[start : self.position]
        closed = _QUOTED.match(self._text, self.position)
        if closed is None:
            return self._refused(len(self._text), "a second quote that closes the cell")
        after = closed.end()
        if self._text[after : after + 1] not in ("", "\r", "\n", self._separator):
            return self._refused(self._line_end(after)[1], "nothing after the closing quote")
        self.position = after
        return closed[1].replace('""', '"')

    def _refused(self, following: int, expected: str) -> Problem:
        """Return the problem of a cell and move behind its row."""
        shown = self._text[self.position : following].rstrip("\r\n")
        self.position = following
        remedy = 'Write a quote (") within a quoted cell twice ("").'
        return Problem("row", quoted(shown), expected, remedy)

    def _line_end(self, position: int) -> tuple[int, int]:
        """Return where the line ends and where the next one starts."""
        found = _LINE_END.search(self._text, position)
        return found.span() if found else (len(self._text), len(self._text))
