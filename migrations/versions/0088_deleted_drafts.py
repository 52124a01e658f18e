"""A draft call can be deleted; the database keeps every call that was published."""

from alembic import op

revision = "0088_deleted_drafts"
down_revision = "0087_archived_calls"

CALL_KEPT = """
CREATE FUNCTION call_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('draft', 'test') THEN
        RAISE EXCEPTION 'a call that was published is never deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""

TRIGGER = """
CREATE TRIGGER call_kept BEFORE DELETE ON call FOR EACH ROW EXECUTE FUNCTION call_kept()
"""


def upgrade() -> None:
    op.execute(CALL_KEPT)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER call_kept ON call")
    op.execute("DROP FUNCTION call_kept()")
