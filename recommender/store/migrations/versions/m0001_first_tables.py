"""The first tables."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, and the one row that counts changes."""
    op.create_table(
        "changes",
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_changes"),
    )
    op.create_index("ix_changes_revision", "changes", ["revision"], unique=False)
    op.create_table(
        "encoders",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encoders"),
        sa.UniqueConstraint("digest", name="uq_encoders_digest"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_table(
        "people",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("career_level", sa.Integer(), nullable=False),
        sa.Column("manager", sa.Integer(), nullable=True),
        sa.Column("languages", sa.String(length=60), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("hours_per_month", sa.Float(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["manager"], ["people.number"], name="fk_people_manager"),
        sa.PrimaryKeyConstraint("number", name="pk_people"),
        sa.UniqueConstraint("id", name="uq_people_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_people_manager", "people", ["manager"], unique=False)
    revisions = op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
    )
    op.create_table(
        "pairs",
        sa.Column("mentor", sa.Integer(), nullable=False),
        sa.Column("mentee", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentee"], ["people.number"], name="fk_pairs_mentee", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mentor"], ["people.number"], name="fk_pairs_mentor", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mentor", "mentee", name="pk_pairs"),
    )
    op.create_index("ix_pairs_mentee", "pairs", ["mentee"], unique=False)
    op.create_table(
        "rankings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentee", sa.Integer(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("n_eligible", sa.Integer(), nullable=False),
        sa.Column("encoder", sa.String(length=64), nullable=False),
        sa.Column("ranker", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["mentee"], ["people.number"], name="fk_rankings_mentee", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rankings"),
    )
    op.create_index("ix_rankings_created_at", "rankings", ["created_at"], unique=False)
    op.create_index("ix_rankings_mentee", "rankings", ["mentee"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(level IS NULL) <> (priority IS NULL)", name="ck_statements_level_or_priority"
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["people.number"], name="fk_statements_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
        sa.UniqueConstraint("person", "kind", "text", name="uq_statements_person"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_statements_text_digest", "statements", ["text_digest"], unique=False)
    op.create_table(
        "vectors",
        sa.Column("encoder", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["encoder"], ["encoders.id"], name="fk_vectors_encoder", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("encoder", "text_digest", name="pk_vectors"),
    )
    op.create_table(
        "impressions",
        sa.Column("ranking", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("mentor", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentor"], ["people.number"], name="fk_impressions_mentor", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ranking"], ["rankings.id"], name="fk_impressions_ranking", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ranking", "position", name="pk_impressions"),
    )
    op.create_index("ix_impressions_mentor", "impressions", ["mentor"], unique=False)
    op.bulk_insert(revisions, [{"id": 1, "value": 0, "store_id": str(uuid4())}])
