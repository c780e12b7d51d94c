"""Sessions that calendars know, reminders, what people follow, organisers' own words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sessions()
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("reminders", sa.JSON(), nullable=False, server_default="[1440, 60]"))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("event") as batch_op:
        batch_op.alter_column("reminders", server_default=None)
        batch_op.alter_column("revision", existing_type=sa.Integer(), server_default=None)
        batch_op.create_index(op.f("ix_event_status_revision"), ["status", "revision"])
    op.create_table(
        "feed_fetch",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "program", name=op.f("pk_feed_fetch")),
    )
    op.create_table(
        "subscription",
        sa.Column("reader", sa.String(length=330), nullable=False),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("alarms", sa.Boolean(), nullable=False),
        sa.Column("hide_cancelled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_subscription")),
    )
    op.create_table(
        "follow",
        sa.Column("reader", sa.String(length=330), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reader", "what", "code", name=op.f("pk_follow")),
    )
    op.create_index(op.f("ix_follow_what_code"), "follow", ["what", "code"])
    _own_words()


def _sessions() -> None:
    """Each line of an agenda gets a UID of its own event's host, made from its id."""
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.add_column(sa.Column("uid", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("created_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("changed_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("removed_at", INSTANT, nullable=True))
    item = sa.table("agenda_item", *(sa.column(name) for name in ("id", "event_id", "uid", "created_at", "changed_at")))
    event = sa.table("event", *(sa.column(name) for name in ("id", "uid", "created_at", "changed_at")))
    own = event.c.id == item.c.event_id
    connection = op.get_bind()
    for name in ("created_at", "changed_at"):
        connection.execute(sa.update(item).values({name: sa.select(event.c[name]).where(own).scalar_subquery()}))
    for row in connection.execute(sa.select(item.c.id, event.c.uid).where(own)).all():
        uid = f"agenda-{row.id}@{row.uid.partition('@')[2]}"
        connection.execute(sa.update(item).where(item.c.id == row.id).values(uid=uid))
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.alter_column("uid", existing_type=sa.String(length=120), nullable=False)
        batch_op.alter_column("sequence", existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column("created_at", existing_type=INSTANT, nullable=False)
        batch_op.alter_column("changed_at", existing_type=INSTANT, nullable=False)
        batch_op.create_unique_constraint(op.f("uq_agenda_item_uid"), ["uid"])


def _own_words() -> None:
    op.create_table(
        "organiser_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sent_to", sa.String(length=12), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser_message")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_organiser_message_submission_id")),
    )
    op.create_index(op.f("ix_organiser_message_event_id"), "organiser_message", ["event_id"])
    op.create_table(
        "letter_template",
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("lead", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "kind", "language", name=op.f("pk_letter_template")),
    )


def downgrade() -> None:
    for name in ("letter_template", "organiser_message", "follow", "subscription", "feed_fetch"):
        op.drop_table(name)
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_index(op.f("ix_event_status_revision"))
        batch_op.drop_column("revision")
        batch_op.drop_column("reminders")
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.drop_constraint(op.f("uq_agenda_item_uid"), type_="unique")
        for name in ("removed_at", "changed_at", "created_at", "sequence", "uid"):
            batch_op.drop_column(name)
