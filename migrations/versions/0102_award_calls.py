"""The call of each award, copied by the database; pledges whose signed agreement is to be checked."""

import sqlalchemy as sa
from alembic import op

revision = "0102_award_calls"
down_revision = "0101_lines_of_rankings"

COPIED = """
CREATE FUNCTION award_of_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.call_id := (SELECT call_id FROM application WHERE id = NEW.application_id);
    RETURN NEW;
END $$;
CREATE FUNCTION award_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE award SET call_id = NEW.call_id WHERE application_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER award_of_call BEFORE INSERT OR UPDATE OF application_id, call_id ON award
    FOR EACH ROW EXECUTE FUNCTION award_of_call();
CREATE TRIGGER award_moved AFTER UPDATE OF call_id ON application
    FOR EACH ROW WHEN (NEW.call_id IS DISTINCT FROM OLD.call_id) EXECUTE FUNCTION award_moved();
"""
OF_BEFORE = """
UPDATE award SET call_id = application.call_id FROM application
    WHERE application.id = application_id
"""


def upgrade() -> None:
    op.execute("LOCK TABLE application, award IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("award", sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("call.id")))
    op.create_index(
        "ix_pledge_returned",
        "pledge",
        ["id"],
        postgresql_where=sa.text(
            "returned_document_id IS NOT NULL AND state IN ('pledged', 'acknowledged')"
        ),
    )
    op.execute(COPIED)
    op.execute(OF_BEFORE)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def downgrade() -> None:
    op.execute("DROP TRIGGER award_moved ON application")
    op.execute("DROP TRIGGER award_of_call ON award")
    op.execute("DROP FUNCTION award_moved, award_of_call")
    op.drop_index("ix_pledge_returned", "pledge")
    op.drop_column("award", "call_id")
