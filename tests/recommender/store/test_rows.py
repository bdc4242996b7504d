"""Rows and dataclasses: a new field costs a column, and long lists of keys go in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.event import listen

from recommender.domain.people import Person, Roles, Statement, Status
from recommender.store import Written, rows, tables
from recommender.store.column_types import Languages, UtcDateTime, Word
from recommender.store.rows import (
    change_among,
    columns,
    insert_rows,
    put_rows,
    rows_among,
    update_rows,
    values,
)
from tests.conftest import person, skill

METADATA = MetaData()
PLANTS = Table(
    "plants",
    METADATA,
    Column("bed", Integer, primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("name", String(20)),
    Column("status", Word(Status, 10)),
    Column("languages", Languages(20)),
    Column("sown_at", UtcDateTime),
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Plant:
    name: str
    place: int
    status: Status | None = None
    languages: tuple[str, ...] | None = None
    sown_at: datetime | None = None
    neighbours: tuple[str, ...] = ()


class Label(NamedTuple):
    name: str
    row: int


PEA = Plant("pea", 11, Status.PAUSED, ("de", "en"), NOON, ("bean",))
PLACE = PLANTS.c.bed * 10 + PLANTS.c.row


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        yield connection
    engine.dispose()


def plant(bed: int, row: int, name: str) -> rows.Values:
    return {"bed": bed, "row": row, "name": name}


def names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(PLANTS.c.name).order_by(PLACE)))


def test_a_record_comes_back_as_it_was_written(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [{**values(PEA, PLANTS), "bed": 1, "row": 1}])
    query = select(*columns(Plant, PLANTS, but=["neighbours"], place=PLACE))
    assert Plant(*connection.execute(query).one(), neighbours=("bean",)) == PEA  # type: ignore[misc]


def test_what_is_stored_are_words_and_moments_of_utc(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [{**values(PEA, PLANTS), "bed": 1, "row": 1}])
    stored = connection.exec_driver_sql("SELECT status, languages, sown_at FROM plants").one()
    assert tuple(stored) == ("paused", "de en", "2026-03-01 12:00:00.000000")
    assert type(stored.status) is str


def test_nothing_is_stored_as_nothing(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [{**values(Plant("pea", 1), PLANTS), "bed": 1, "row": 1}])
    stored = connection.exec_driver_sql("SELECT status, languages, sown_at FROM plants").one()
    assert tuple(stored) == (None, None, None)


def test_nothing_comes_back_as_nothing(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [plant(1, 1, "pea")])
    row = connection.execute(select(PLANTS.c.languages, PLANTS.c.sown_at)).one()
    assert tuple(row) == (None, None)


def test_a_named_tuple_is_a_record_too(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [plant(1, 2, "pea")])
    query = select(*columns(Label, PLANTS, name=func.upper(PLANTS.c.name)))
    assert [Label(*row) for row in connection.execute(query)] == [Label("PEA", 2)]


def test_of_two_tables_with_a_column_the_first_is_taken() -> None:
    other = Table("other", MetaData(), Column("row", Integer), Column("name", String(20)))
    taken = columns(Label, other, PLANTS)
    assert [str(column) for column in taken] == ["other.name", "other.row"]


def test_a_field_that_is_nowhere_is_told() -> None:
    with pytest.raises(KeyError, match="place"):
        columns(Plant, PLANTS, but=["neighbours"])


def test_every_field_of_a_person_is_a_column_or_told_why_not() -> None:
    written = set(values(person("ann"), tables.people))
    assert {field.name for field in fields(Person)} - written == {"reports_to", "statements"}
    assert set(values(skill("knit"), tables.statements)) == {f.name for f in fields(Statement)}


@pytest.mark.parametrize("n_keys", [0, 1, 3, 7])
def test_keys_go_in_chunks(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, n_keys: int
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 3)
    insert_rows(connection, PLANTS, [plant(1, row, f"n{row}") for row in range(10)])
    keys = list(range(n_keys))
    query = select(PLANTS.c.name).order_by(PLANTS.c.row)
    queries: list[object] = []
    listen(connection, "before_cursor_execute", lambda *event: queries.append(event[2]))
    read = [name for (name,) in rows_among(connection, query, PLANTS.c.row, keys)]
    assert read == [f"n{row}" for row in keys]
    assert len(queries) == -(-n_keys // 3)
    change_among(connection, update(PLANTS).values(name="changed"), PLANTS.c.row, keys)
    assert names(connection).count("changed") == n_keys
    change_among(connection, delete(PLANTS), PLANTS.c.row, keys)
    assert names(connection) == [f"n{row}" for row in range(n_keys, 10)]


def test_without_keys_every_row_is_wanted(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [plant(1, 1, "pea"), plant(1, 2, "bean")])
    query = select(PLANTS.c.name).order_by(PLANTS.c.row)
    assert [name for (name,) in rows_among(connection, query, PLANTS.c.row, None)] == [
        "pea",
        "bean",
    ]


def test_a_row_is_changed_where_its_key_is(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [plant(1, 1, "pea"), plant(1, 2, "bean"), plant(2, 1, "leek")])
    update_rows(connection, PLANTS, [plant(2, 1, "kale"), plant(1, 1, "beet")])
    assert names(connection) == ["beet", "bean", "kale"]


def test_nothing_to_write_writes_nothing(connection: Connection) -> None:
    insert_rows(connection, PLANTS, [])
    update_rows(connection, PLANTS, [])
    assert names(connection) == []


def test_rows_are_created_changed_and_left_alone(connection: Connection) -> None:
    before = [plant(1, 1, "pea"), plant(1, 2, "bean"), plant(2, 2, "leek")]
    insert_rows(connection, PLANTS, before)
    after = [plant(1, 1, "beet"), plant(1, 2, "bean"), plant(2, 1, "kale")]
    stored = connection.execute(select(PLANTS.c.bed, PLANTS.c.row, PLANTS.c.name))
    written, changed = put_rows(connection, PLANTS, after, stored)
    assert written == Written(1, 1, 1)
    assert changed == [after[2], after[0]]
    assert names(connection) == ["beet", "bean", "kale", "leek"]


def test_a_foreign_word_is_refused(connection: Connection) -> None:
    connection.execute(insert(PLANTS), {**plant(1, 1, "pea"), "status": Roles.MENTOR})
    with pytest.raises(KeyError, match="mentor"):
        connection.execute(select(PLANTS.c.status)).one()
