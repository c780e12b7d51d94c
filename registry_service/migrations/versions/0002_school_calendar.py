"""The school calendar; orders may be legal acts, with a link to the text, and can be searched."""

import sqlalchemy as sa
from alembic import op

from services.text import fold

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "academic_year",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.CheckConstraint("last_day > first_day", name=op.f("ck_academic_year_order")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_academic_year")),
    )
    op.create_table(
        "term",
        sa.Column("year_code", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day > first_day", name=op.f("ck_term_order")),
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
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("every_year", sa.Boolean(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_calendar_day_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_first_day"), "calendar_day", ["first_day"])
    with op.batch_alter_table("legal_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="order"))
        batch_op.add_column(sa.Column("url", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search", sa.String(length=1200), nullable=False, server_default=""))
    _fill_search()


def _fill_search() -> None:
    """What is searched in: number and titles, folded."""
    orders = sa.table(
        "legal_order", *(sa.column(name) for name in ("id", "number", "search")), sa.column("title", sa.JSON)
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(orders.c.id, orders.c.number, orders.c.title)).all():
        words = " ".join(fold(text) for text in (row.number, *(row.title or {}).values()))
        connection.execute(sa.update(orders).where(orders.c.id == row.id).values(search=words[:1200]))


def downgrade() -> None:
    with op.batch_alter_table("legal_order", schema=None) as batch_op:
        for name in ("search", "url", "kind"):
            batch_op.drop_column(name)
    op.drop_index(op.f("ix_calendar_day_first_day"), table_name="calendar_day")
    for name in ("calendar_day", "term", "academic_year"):
        op.drop_table(name)
