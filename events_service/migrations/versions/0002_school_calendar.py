"""The copy of the school calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "academic_year",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_academic_year")),
    )
    op.create_table(
        "term",
        sa.Column("year_code", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["year_code"], ["academic_year.code"], name=op.f("fk_term_year_code_academic_year")),
        sa.PrimaryKeyConstraint("year_code", "number", name=op.f("pk_term")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_first_day"), "calendar_day", ["first_day"])


def downgrade() -> None:
    op.drop_index(op.f("ix_calendar_day_first_day"), table_name="calendar_day")
    for name in ("calendar_day", "term", "academic_year"):
        op.drop_table(name)
