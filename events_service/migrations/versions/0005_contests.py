"""Contests: rules, entries, jury, sheets, results, protocols, awards; and what the database itself refuses."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


# A score is only ever added, and only while its juror may give it. What a trigger forbids holds for every
# program that opens the database. SQLite forgets the triggers of a table that a later batch migration makes anew.
MAY_SCORE = """
    SELECT 1 FROM assignment a
    JOIN stage s ON s.id = a.stage_id
    JOIN entry e ON e.id = a.entry_id
    JOIN criterion c ON c.id = NEW.criterion_id
    WHERE a.id = NEW.assignment_id AND a.status = 'active' AND a.signed_at IS NULL AND s.status = 'open'
      AND c.stage_id = a.stage_id AND c.nomination_id = e.nomination_id
      AND (NEW.points IS NULL OR NEW.points <= c.max_points)
      AND NOT EXISTS (SELECT 1 FROM conflict k WHERE k.member_id = a.member_id AND k.entry_id = a.entry_id)
"""
IN_CONFLICT = """
    NEW.status = 'active' AND EXISTS
    (SELECT 1 FROM conflict k WHERE k.member_id = NEW.member_id AND k.entry_id = NEW.entry_id)
"""
# name, table, when, the condition under which it is refused, what is said
GUARDS = (
    ("score_may_be_given", "score", "INSERT", f"NOT EXISTS ({MAY_SCORE})", "this score may not be given"),
    ("score_stays", "score", "UPDATE", "1 = 1", "scores are only added"),
    ("score_stays_there", "score", "DELETE", "1 = 1", "scores are only added"),
    ("assignment_without_conflict", "assignment", "INSERT", IN_CONFLICT, "the juror has a conflict"),
    ("assignment_stays_without", "assignment", "UPDATE", IN_CONFLICT, "the juror has a conflict"),
    (
        "compilation_stays",
        "compilation",
        "UPDATE",
        "OLD.status = 'done' AND (NEW.document <> OLD.document OR NEW.inputs_hash <> OLD.inputs_hash)",
        "a compilation is never changed",
    ),
)


def _guard() -> None:
    lite = op.get_bind().dialect.name == "sqlite"
    for name, table, when, refused, said in GUARDS:
        if lite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
            continue
        back = "OLD" if when == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN "
            f"RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END IF; RETURN {back}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(
        "former_school",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "school_id", name=op.f("pk_former_school")),
    )
    op.create_table(
        "contest",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ground_number", sa.String(length=40), nullable=False),
        sa.Column("ground_date", sa.Date(), nullable=True),
        sa.Column("entries_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_contest_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_contest")),
    )
    op.create_table(
        "jury_member",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("scores", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("role IN ('chair', 'secretary', 'member')", name=op.f("ck_jury_member_role")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_jury_member_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_member")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_jury_member_event_id_person_id")),
    )
    with op.batch_alter_table("jury_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jury_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_nomination_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_nomination_event_id_code")),
    )
    op.create_table(
        "stage",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("district_cap", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compilation_id", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'open', 'closed')", name=op.f("ck_stage_status")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_stage_weight")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_stage_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_stage_event_id_code")),
    )
    op.create_table(
        "compilation",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_compilation_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compilation")),
        sa.UniqueConstraint("stage_id", "number", name=op.f("uq_compilation_stage_id_number")),
    )
    with op.batch_alter_table("compilation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_compilation_status"), ["status"], unique=False)

    op.create_table(
        "criterion",
        sa.Column("nomination_id", sa.String(length=32), nullable=False),
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("max_points", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("max_points > 0", name=op.f("ck_criterion_max_points")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_criterion_weight")),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_criterion_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_criterion_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("nomination_id", "stage_id", "code", name=op.f("uq_criterion_nomination_id_stage_id_code")),
    )
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_criterion_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "deal",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_deal_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("nomination_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=True),
        sa.Column("district", sa.String(length=10), nullable=False),
        sa.Column("small_class", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=4000), nullable=False),
        sa.Column("video_url", sa.String(length=500), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("late_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_reason", sa.String(length=500), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft','submitted','returned','admitted','refused','withdrawn','excluded')",
            name=op.f("ck_entry_status"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_entry_event_id_event")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_entry_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_entry_event_id_number")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_entry_submission_id")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_event_id_status"), ["event_id", "status"], unique=False)
        batch_op.create_index(
            "uq_entry_live",
            ["nomination_id", "author_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('draft','submitted','returned','admitted')"),
            postgresql_where=sa.text("status IN ('draft','submitted','returned','admitted')"),
        )

    op.create_table(
        "tie_vote",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("ranked", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_tie_vote_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_vote")),
    )
    with op.batch_alter_table("tie_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tie_vote_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("compilation_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=4000), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status IN ('filed', 'upheld', 'dismissed', 'withdrawn')", name=op.f("ck_appeal_status")),
        sa.ForeignKeyConstraint(
            ["compilation_id"], ["compilation.id"], name=op.f("fk_appeal_compilation_id_compilation")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_appeal_entry_id_entry")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_appeal_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_appeal_submission_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("feedback", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status IN ('active', 'recused', 'removed')", name=op.f("ck_assignment_status")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_assignment_entry_id_entry")),
        sa.ForeignKeyConstraint(["member_id"], ["jury_member.id"], name=op.f("fk_assignment_member_id_jury_member")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_assignment_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "stage_id", "entry_id", "member_id", name=op.f("uq_assignment_stage_id_entry_id_member_id")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_member_id_stage_id"), ["member_id", "stage_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_conflict_entry_id_entry")),
        sa.ForeignKeyConstraint(["member_id"], ["jury_member.id"], name=op.f("fk_conflict_member_id_jury_member")),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "entry_file",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("blind_key", sa.String(length=100), nullable=False),
        sa.Column("blind_size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_file_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_file")),
    )
    with op.batch_alter_table("entry_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_file_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "protocol",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("compilation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("absent", sa.JSON(), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("dissent", sa.JSON(), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("file_key", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_type", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'signed')", name=op.f("ck_protocol_status")),
        sa.ForeignKeyConstraint(
            ["compilation_id"], ["compilation.id"], name=op.f("fk_protocol_compilation_id_compilation")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_protocol_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol")),
        sa.UniqueConstraint("compilation_id", name=op.f("uq_protocol_compilation_id")),
    )
    with op.batch_alter_table("protocol", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_protocol_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "stage_entry",
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("compilation_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_stage_entry_entry_id_entry")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stage_entry_stage_id_stage")),
        sa.PrimaryKeyConstraint("stage_id", "entry_id", name=op.f("pk_stage_entry")),
    )
    with op.batch_alter_table("stage_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_entry_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("stage_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("member_id", sa.String(length=32), nullable=True),
        sa.Column("protocol_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("school", sa.JSON(), nullable=False),
        sa.Column("nomination", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(entry_id IS NULL) <> (member_id IS NULL)", name=op.f("ck_award_of_one")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_entry_id_entry")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_award_event_id_event")),
        sa.ForeignKeyConstraint(["member_id"], ["jury_member.id"], name=op.f("fk_award_member_id_jury_member")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_award_protocol_id_protocol")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_award_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("code", name=op.f("uq_award_code")),
        sa.UniqueConstraint("number", name=op.f("uq_award_number")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "uq_award_live",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("void_at IS NULL"),
            postgresql_where=sa.text("void_at IS NULL"),
        )
        batch_op.create_index(
            "uq_award_thanks",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("void_at IS NULL"),
            postgresql_where=sa.text("void_at IS NULL"),
        )

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.String(length=32), nullable=False),
        sa.Column("assignment_id", sa.String(length=32), nullable=False),
        sa.Column("criterion_id", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_correction_appeal_id_appeal")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_correction_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_correction_criterion_id_criterion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_appeal_id"), ["appeal_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.String(length=32), nullable=False),
        sa.Column("criterion_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points IS NULL OR points >= 0", name=op.f("ck_score_points")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_score_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id_criterion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "assignment_id", "criterion_id", "version", name=op.f("uq_score_assignment_id_criterion_id_version")
        ),
    )
    _guard()


def downgrade() -> None:
    raise NotImplementedError("scores are only added: go back by a backup")
