"""The tables: the truth about people, pairs, feedback and what was shown; vectors can be rebuilt.

Inside the database a person is a ``number`` that is never used twice, so that logs and the rows of
the in-memory arrays hold nothing that names anybody.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from recommender.domain.feedback import FeedbackKind, Side
from recommender.domain.people import Kind, PairStatus, Roles, Status
from recommender.store.column_types import Languages, UtcDateTime, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

people = Table(
    "people",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("department", String(200), nullable=False),
    Column("site", String(200), nullable=False),
    Column("career_level", Integer, nullable=False),
    Column("manager", Integer, ForeignKey("people.number"), index=True),
    Column("languages", Languages(60), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("roles", Word(Roles, 10), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("hours_per_month", Float, nullable=False),
    Column("status", Word(Status, 10), nullable=False),
    sqlite_autoincrement=True,
)

statements = Table(
    "statements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", Integer, ForeignKey("people.number", ondelete="CASCADE"), nullable=False),
    Column("kind", Word(Kind, 10), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", String(1000), nullable=False),
    Column("text_digest", LargeBinary(32), nullable=False, index=True),
    Column("language", String(2), nullable=False),
    Column("level", Integer),
    Column("priority", Integer),
    UniqueConstraint("person", "kind", "text"),
    CheckConstraint("(level IS NULL) <> (priority IS NULL)", name="level_or_priority"),
    sqlite_autoincrement=True,
)

pairs = Table(
    "pairs",
    metadata,
    Column("mentor", Integer, ForeignKey("people.number", ondelete="CASCADE"), primary_key=True),
    Column("mentee", Integer, ForeignKey("people.number", ondelete="CASCADE"), primary_key=True),
    Column("status", Word(PairStatus, 10), nullable=False),
    Index("ix_pairs_mentee", "mentee"),
)

encoders = Table(
    "encoders",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("dimension", Integer, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("encoder", Integer, ForeignKey("encoders.id", ondelete="CASCADE"), primary_key=True),
    Column("text_digest", LargeBinary(32), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", Integer, nullable=False),
    # Tells this database from every other, so that a foreign index is refused.
    Column("store_id", String(36), nullable=False),
)

changes = Table(
    "changes",
    metadata,
    # No foreign key: the row of an erased person stays, so that every process learns of it.
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False, index=True),
)

rankings = Table(
    "rankings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("mentee", Integer, ForeignKey("people.number", ondelete="CASCADE"), index=True),
    Column("k", Integer, nullable=False),
    Column("n_eligible", Integer, nullable=False),
    Column("encoder", String(64), nullable=False),
    Column("ranker", String(64)),
)

impressions = Table(
    "impressions",
    metadata,
    Column("ranking", String(36), ForeignKey("rankings.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rank", Integer, nullable=False),
    Column("mentor", Integer, ForeignKey("people.number", ondelete="CASCADE"), nullable=False),
    Column("score", Float, nullable=False),
    Column("features", JSON, nullable=False),
    Index("ix_impressions_mentor", "mentor"),
)

cohorts = Table(
    "cohorts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("simulated", Boolean, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("cohort", String(64), ForeignKey("cohorts.id"), nullable=False, index=True),
    Column("mentor", Integer, ForeignKey("people.number", ondelete="CASCADE"), nullable=False),
    Column("mentee", Integer, ForeignKey("people.number", ondelete="CASCADE"), nullable=False),
    Column("side", Word(Side, 6), nullable=False),
    Column("kind", Word(FeedbackKind, 12), nullable=False),
    # What it is about: the number of a session, the text of a goal, or nothing.
    Column("about", String(1000), nullable=False),
    Column("value", String(2000), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    # A correction replaces; what it replaced stays as history.
    Column("replaced_at", UtcDateTime),
    Index("ix_feedback_mentor", "mentor"),
    Index("ix_feedback_mentee", "mentee"),
    sqlite_autoincrement=True,
)

link_corrections = Table(
    "link_corrections",
    metadata,
    Column("statement", Integer, ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True),
    # The empty text says that the statement belongs to no concept.
    Column("concept", String(200), primary_key=True),
)

chosen_profiles = Table(
    "chosen_profiles",
    metadata,
    Column("person", Integer, ForeignKey("people.number", ondelete="CASCADE"), primary_key=True),
    Column("profile", String(200), nullable=False),
)

published_gaps = Table(
    "published_gaps",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("made_with", String(200), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

gap_snapshots = Table(
    "gap_snapshots",
    metadata,
    Column("cohort", String(64), ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

activations = Table(
    "activations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The release that ranks from then on; none means affinity order.
    Column("version", String(64)),
    # The activation that a rollback returns to; none at the bottom.
    Column("below", Integer, ForeignKey("activations.id")),
    Column("activated_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("status", String(12), nullable=False),
    Column("step", String(40), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
