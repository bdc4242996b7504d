"""What people say of their own skill gaps, and the organisation's picture per cohort."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "link_corrections",
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("concept", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement"],
            ["statements.id"],
            name="fk_link_corrections_statement",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement", "concept", name="pk_link_corrections"),
    )
    op.create_table(
        "chosen_profiles",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["people.number"], name="fk_chosen_profiles_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person", name="pk_chosen_profiles"),
    )
    op.create_table(
        "gap_snapshots",
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort"], ["cohorts.id"], name="fk_gap_snapshots_cohort", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort", name="pk_gap_snapshots"),
    )
    op.create_table(
        "published_gaps",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_with", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_published_gaps"),
    )
