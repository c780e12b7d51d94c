"""Fairs of pedagogical ideas: settings, sections, ideas with their slots."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "fair",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("ideas_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ideas_per_person", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_fair_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_fair")),
    )
    op.create_table(
        "fair_section",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("districts", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("moderator", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_fair_section_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_section")),
    )
    with op.batch_alter_table("fair_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fair_section_event_id_position"), ["event_id", "position"], unique=False)

    op.create_table(
        "idea",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("section_id", sa.String(length=32), nullable=True),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("coauthors", sa.String(length=300), nullable=False),
        sa.Column("material_url", sa.String(length=500), nullable=False),
        sa.Column("material_size", sa.Integer(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("join_url", sa.String(length=500), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_idea_whole_slot")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_idea_slot")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_idea_event_id_event")),
        sa.ForeignKeyConstraint(["section_id"], ["fair_section.id"], name=op.f("fk_idea_section_id_fair_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_idea_submission_id")),
    )
    with op.batch_alter_table("idea", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_event_id_status"), ["event_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_section_id"), ["section_id"], unique=False)


def downgrade() -> None:
    op.drop_table("idea")
    op.drop_table("fair_section")
    op.drop_table("fair")
