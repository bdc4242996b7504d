"""A progress bar on standard error, so that long work is seen and output stays clean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from recommender.domain.progress import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield a :data:`~recommender.domain.Progress` with one bar for each thing being done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = not console.is_terminal
    with Bars(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=hidden
    ) as bars:
        tasks = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell
