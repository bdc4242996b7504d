"""Rows and dataclasses: a column and a field of the same name hold the same value.

So no module lists the fields that it only hands through, and a new field costs a column. Databases
limit the parameters of one query, and so long lists of keys go in chunks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Table,
    Update,
    bindparam,
    insert,
    update,
)

CHUNK = 5_000
Values = dict[str, Any]
"""The values of one row by the names of their columns."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many records a write created, changed, and found unchanged.

    ``unstated`` are the digests of the texts that somebody no longer states: their vectors go, too,
    unless somebody else states them.
    """

    created: int
    updated: int
    unchanged: int
    unstated: tuple[bytes, ...] = ()


def columns(
    record: type, *tables: Table, but: Collection[str] = (), **computed: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """Return what to select so that ``record(*row)`` makes a record of a row.

    Args:
        record: A dataclass, or a NamedTuple.
        tables: Where its fields are columns; where several have one, the first is taken.
        but: Fields that whoever makes the record adds.
        computed: The fields that are no columns, or columns of another name.

    Raises:
        KeyError: if a field is nowhere.
    """
    names: Iterable[str] = getattr(record, "_fields", None) or [f.name for f in fields(record)]
    of_tables = {column.name: column for table in reversed(tables) for column in table.c}
    return [{**of_tables, **computed}[name].label(name) for name in names if name not in but]


def values(record: Any, table: Table) -> Values:  # noqa: ANN401 - any dataclass
    """Return the fields of a dataclass that are columns of a table."""
    return {name: getattr(record, name) for name in _shared(record.__class__, table)}


@cache
def _shared(record: type, table: Table) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name in table.c)


def _in_chunks(keys: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield keys in lists that are short enough for one query."""
    for start in range(0, len(keys), CHUNK):
        yield list(keys[start : start + CHUNK])


def rows_among(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    keys: Sequence[Any] | None,
    **parameters: object,
) -> Iterator[Any]:
    """Yield the rows of ``query`` whose ``column`` is among ``keys``; None for all rows."""
    if keys is None:
        yield from connection.execute(query, parameters)
        return
    among = _among(query, column)
    for chunk in _in_chunks(keys):
        yield from connection.execute(among, {**parameters, "chunk": chunk})


@lru_cache(maxsize=64)
def _among(query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
    """Build a query once: SQLAlchemy takes longer to build one than SQLite to run it."""
    return query.where(column.in_(bindparam("chunk", expanding=True)))


def change_among(
    connection: Connection,
    change: Update | Delete,
    column: ColumnElement[Any],
    keys: Sequence[Any],
) -> None:
    """Change, or delete, the rows whose ``column`` is among ``keys``."""
    for chunk in _in_chunks(keys):
        connection.execute(change.where(column.in_(chunk)))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Write new rows, all with the same columns."""
    if rows:
        connection.execute(insert(table), rows)


def update_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Change rows that are found by their primary keys; all name the same columns in one order."""
    if not rows:
        return
    keys = {column.name: f"the_{column.name}" for column in table.primary_key}
    key = [table.c[name] == bindparam(parameter) for name, parameter in keys.items()]
    parameters = [keys.get(name, name) for name in rows[0]]
    connection.execute(
        update(table).where(*key),
        [dict(zip(parameters, row.values(), strict=True)) for row in rows],
    )


def put_rows(
    connection: Connection, table: Table, rows: Sequence[Values], stored: Iterable[Any]
) -> tuple[Written, list[Values]]:
    """Create or change rows so that they equal ``rows``.

    Args:
        connection: A writing transaction.
        table: Where they are.
        rows: Each with the primary key.
        stored: The whole rows that are stored with these keys; others do no harm.

    Returns:
        What was written, in numbers and in rows.
    """
    key_of = itemgetter(*(column.name for column in table.primary_key))
    before: dict[Any, Mapping[str, Any]] = {key_of(row._mapping): row._asdict() for row in stored}
    created = [row for row in rows if key_of(row) not in before]
    updated = [row for row in rows if before.get(key_of(row), row) != row]
    insert_rows(connection, table, created)
    update_rows(connection, table, updated)
    n_unchanged = len(rows) - len(created) - len(updated)
    return Written(len(created), len(updated), n_unchanged), [*created, *updated]
