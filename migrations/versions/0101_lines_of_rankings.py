"""What a line of a ranking needs of its application is kept with its average; indexes that are
read without their tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0101_lines_of_rankings"
down_revision = "0098_named_in"

COUNTED = """
CREATE OR REPLACE FUNCTION review_averaged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'submitted' THEN
        UPDATE given_score SET reviews = reviews - 1, total = total - OLD.total,
            given = average_given(total - OLD.total, reviews - 1)
        WHERE application_id = OLD.application_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'submitted' THEN
        INSERT INTO given_score AS kept (application_id, call_id, reviews, total, given{columns})
        SELECT id, call_id, 1, NEW.total, NEW.total{columns}
            FROM application WHERE id = NEW.application_id
        ON CONFLICT (application_id) DO UPDATE
            SET reviews = kept.reviews + 1, total = kept.total + excluded.total,
                given = average_given(kept.total + excluded.total, kept.reviews + 1);
    END IF;
    RETURN NULL;
END $$
"""
MOVED = """
CREATE OR REPLACE FUNCTION given_score_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE given_score SET call_id = NEW.call_id, reference = NEW.reference, state = NEW.state,
        requested_minor = NEW.requested_minor WHERE application_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER given_score_moved ON application;
CREATE TRIGGER given_score_moved
    AFTER UPDATE OF call_id, reference, state, requested_minor ON application
    FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION given_score_moved();
"""
MOVED_BEFORE = """
CREATE OR REPLACE FUNCTION given_score_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE given_score SET call_id = NEW.call_id WHERE application_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER given_score_moved ON application;
CREATE TRIGGER given_score_moved AFTER UPDATE OF call_id ON application
    FOR EACH ROW EXECUTE FUNCTION given_score_moved();
"""
OF_BEFORE = """
ALTER TABLE given_score DISABLE TRIGGER given_score_kept;
UPDATE given_score SET reference = application.reference, state = application.state,
    requested_minor = application.requested_minor
    FROM application WHERE application.id = application_id;
ALTER TABLE given_score ENABLE TRIGGER given_score_kept;
"""
LINE = sa.text("given DESC"), "reference"


def upgrade() -> None:
    op.execute("LOCK TABLE application, review IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("given_score", sa.Column("reference", sa.String(40, collation="C")))
    op.add_column("given_score", sa.Column("state", sa.String(40)))
    op.add_column("given_score", sa.Column("requested_minor", sa.BigInteger()))
    for statement in (
        COUNTED.format(columns=", reference, state, requested_minor"),
        MOVED,
        OF_BEFORE,
    ):
        op.execute(statement)
    op.alter_column("given_score", "reference", nullable=False)
    op.alter_column("given_score", "state", nullable=False)
    op.drop_index("ix_given_score_rank", "given_score")
    more = ["application_id", "state", "requested_minor"]
    op.create_index(
        "ix_given_score_rank", "given_score", ["call_id", *LINE], postgresql_include=more
    )
    op.create_index(
        "ix_review_submitted",
        "review",
        ["application_id"],
        postgresql_include=["reviewer_id", "total"],
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.drop_index("ix_pledge_owed_donor", "pledge_owed")
    op.create_index(
        "ix_pledge_owed_donor",
        "pledge_owed",
        ["donor_id", "pledge_id"],
        postgresql_include=["fund_id", "currency", "minor", "due_on"],
    )
    due = sa.text("due_on IS NOT NULL")
    op.create_index(
        "ix_pledge_owed_due", "pledge_owed", ["due_on", "pledge_id"], postgresql_where=due
    )


def downgrade() -> None:
    op.drop_index("ix_pledge_owed_due", "pledge_owed")
    op.drop_index("ix_pledge_owed_donor", "pledge_owed")
    op.create_index("ix_pledge_owed_donor", "pledge_owed", ["donor_id", "pledge_id"])
    op.drop_index("ix_review_submitted", "review")
    op.execute(COUNTED.format(columns=""))
    op.execute(MOVED_BEFORE)
    op.drop_index("ix_given_score_rank", "given_score")
    for column in ("reference", "state", "requested_minor"):
        op.drop_column("given_score", column)
    op.create_index("ix_given_score_rank", "given_score", ["call_id", "given", "application_id"])
