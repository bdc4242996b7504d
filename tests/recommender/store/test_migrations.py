"""The scripts make the tables that the program expects."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from recommender.store import Store, tables
from recommender.store.engine import MIGRATIONS, newest_schema


@pytest.fixture(scope="module")
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def described(connection: Connection) -> dict[str, dict[str, list[str]]]:
    """Return what the database says about each table, in an order of our own."""
    inspector = inspect(connection)
    ask: dict[str, Callable[[str], Any]] = {
        "columns": inspector.get_columns,
        "primary key": lambda table: [inspector.get_pk_constraint(table)],
        "foreign keys": inspector.get_foreign_keys,
        "unique": inspector.get_unique_constraints,
        "checks": inspector.get_check_constraints,
        "indexes": inspector.get_indexes,
    }
    names = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    return {t: {what: sorted(map(str, get(t))) for what, get in ask.items()} for t in names}


def test_there_is_one_newest_script_and_the_store_asks_for_it(scripts: ScriptDirectory) -> None:
    assert scripts.get_heads() == [newest_schema()]


def test_every_script_is_named_by_its_revision(scripts: ScriptDirectory) -> None:
    for script in scripts.walk_revisions():
        assert re.match(rf"m{script.revision}_[a-z_]+\.py$", Path(script.path).name)


def test_the_scripts_make_exactly_the_tables_of_the_program(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == newest_schema()


def test_keys_checks_and_cascades_are_those_of_the_program(store: Store) -> None:
    """compare_metadata sees neither checks, nor primary keys, nor what a deletion takes along."""
    with store.read() as connection:
        migrated = described(connection)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        expected = described(connection)
    engine.dispose()
    assert migrated == expected
    assert "CASCADE" in str(migrated["statements"]["foreign keys"])


@pytest.mark.parametrize("table", ["people", "statements"])
def test_numbers_are_never_used_twice(store: Store, table: str) -> None:
    with store.read() as connection:
        script = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
        ).scalar_one()
    assert "AUTOINCREMENT" in script


def test_opening_again_changes_nothing(store: Store, workspace: Path) -> None:
    with store.read() as connection:
        before = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
        store_id = connection.exec_driver_sql("SELECT store_id FROM revision").scalar_one()
    again = Store.in_folder(workspace)
    with again.read() as connection:
        assert connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all() == before
        assert connection.exec_driver_sql("SELECT store_id FROM revision").scalar_one() == store_id
    again.close()
