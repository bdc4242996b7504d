"""Cohorts, feedback, and which release of the ranker is active."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "cohorts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("mentor", sa.Integer(), nullable=False),
        sa.Column("mentee", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("value", sa.String(length=2000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort"], ["cohorts.id"], name="fk_feedback_cohort"),
        sa.ForeignKeyConstraint(
            ["mentee"], ["people.number"], name="fk_feedback_mentee", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mentor"], ["people.number"], name="fk_feedback_mentor", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_cohort", "feedback", ["cohort"], unique=False)
    op.create_index("ix_feedback_mentor", "feedback", ["mentor"], unique=False)
    op.create_index("ix_feedback_mentee", "feedback", ["mentee"], unique=False)
    op.create_table(
        "activations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("below", sa.Integer(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["below"], ["activations.id"], name="fk_activations_below"),
        sa.PrimaryKeyConstraint("id", name="pk_activations"),
        sqlite_autoincrement=True,
    )
