"""Opening the database: transactions, SQLite's settings, migrations."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from recommender.domain.errors import StoreBusy, StoreUnavailable, WorkspaceUnusable

Transaction = Connection
"""An open transaction on the store; whoever holds it speaks to the functions of :mod:`store`."""

MIGRATIONS = Path(__file__).parent / "migrations"
WRITES = "tandem_writes"
PRIVATE_FILE = 0o600
PATIENCE_S = 30
A_MOMENT_S = 0.01


class Store:
    """The database: the only truth about people, pairs and what was shown.

    SQLite keeps a write-ahead log (readers never wait), flushes every commit to the disk, and
    overwrites deleted content, so that what is erased is gone.

    Args:
        url: A SQLAlchemy database URL.

    Raises:
        WorkspaceUnusable: if the database cannot be opened or was written by a newer Tandem.
    """

    def __init__(self, url: str | URL) -> None:
        self._engine = create_engine(url, hide_parameters=True)  # they are personal data
        if self._engine.dialect.name == "sqlite":
            _configure_sqlite(self._engine)
        try:
            self._migrate()
        except WorkspaceUnusable:
            self.close()
            raise
        except DBAPIError as error:
            self.close()
            raise WorkspaceUnusable(
                f"The database {self._engine.url!r} cannot be used ({error.orig}). Check that the "
                "path is right and writable and that the file is a Tandem database."
            ) from error

    @classmethod
    def in_folder(cls, folder: Path) -> Store:
        """Open, or create, ``tandem.db`` in a folder, readable by its owner alone."""
        database = folder / "tandem.db"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not database.exists():
                os.close(os.open(database, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
        except OSError as error:
            raise WorkspaceUnusable(
                f"The workspace {folder} cannot be written ({error.strerror}); a writable folder "
                "is expected. Name another with --workspace."
            ) from error
        return cls(URL.create("sqlite", database=str(database)))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database.

        Raises:
            StoreUnavailable: if the database does not answer.
        """
        with _answered(), self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits whole on leaving, or not at all on an error.

        Raises:
            StoreBusy: if another writer does not finish within half a minute.
            StoreUnavailable: if the database does not answer.
        """
        with _answered(), self._transaction(writes=True) as connection:
            yield connection

    def forget_deleted(self) -> None:
        """Leave no trace of deleted rows in SQLite's files.

        SQLite overwrites a deleted row, but not the copy that stayed behind when its page was split
        (hence the rewriting), nor the older pages in its write-ahead log (hence the emptying).

        Raises:
            StoreBusy: if another writer does not finish within half a minute.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect() as connection, _patience():
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.connection.execute(statement)

    def close(self) -> None:
        """Close every connection; SQLite folds its log into the database."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection = connection.execution_options(**{WRITES: writes})
            with _patience():
                transaction = connection.begin()
            with transaction:
                yield connection

    def _migrate(self) -> None:
        with self._transaction(writes=False) as connection:
            version = _schema_version(connection)
        newest = newest_schema()
        if version == newest:
            return
        # Alembic is imported only here: it takes longer than everything else in a quick command.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._transaction(writes=True) as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise WorkspaceUnusable(
                    f"The database has the schema version {version!r} where {newest} or older is "
                    "expected: a newer Tandem wrote it. Update Tandem."
                ) from error


@contextmanager
def _answered() -> Iterator[None]:
    """Tell in our words that the database does not answer; a broken constraint is no such thing."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, NoConnectionInTime) as error:
        raise StoreUnavailable(
            "The database does not answer. Check the workspace and its disk."
        ) from error


@contextmanager
def _patience() -> Iterator[None]:
    """Tell a wait that ran out as what it is."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        if "locked" not in str(error):
            raise
        raise StoreBusy(
            f"Another write, usually an import, has kept the database for over {PATIENCE_S} "
            "seconds. Try again when it is done."
        ) from error


def newest_schema() -> str:
    """Return the version of the schema that the newest migration makes and is named after."""
    return max(script.stem[1:].partition("_")[0] for script in MIGRATIONS.glob("versions/m*.py"))


def _schema_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _turn_on_the_log(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, and wait for others who are opening the database, too.

    Whoever meets another one at a new database is refused at once: for this change SQLite does not
    keep to the busy timeout.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(A_MOMENT_S)


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connection
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1000}")
        _turn_on_the_log(connection)
        for pragma in (
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A writer takes its lock at once: a reader that turns into a writer could deadlock.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
