"""A session of the Board that is closed stays as it is: the database refuses what would change it."""

from alembic import op

revision = "0047_closed_sessions"
down_revision = "0046_scenarios"

SESSION_KEPT = """
CREATE FUNCTION board_session_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' OR (OLD.state = 'closed' AND (TG_OP = 'DELETE'
        OR NEW.state NOT IN ('closed', 'signed')
        OR (OLD.id, OLD.fund_id, OLD.reference, OLD.held_on, OLD.place, OLD.in_office, OLD.quorum,
            OLD.opened_at, OLD.closed_at)
        IS DISTINCT FROM
           (NEW.id, NEW.fund_id, NEW.reference, NEW.held_on, NEW.place, NEW.in_office, NEW.quorum,
            NEW.opened_at, NEW.closed_at)))
    THEN
        RAISE EXCEPTION 'session % of the Board is closed', OLD.reference USING ERRCODE = 'P0001';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$
"""
PART_KEPT = """
CREATE FUNCTION board_session_part_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb;
    meeting text;
BEGIN
    FOR part IN SELECT * FROM unnest(ARRAY[to_jsonb(OLD), to_jsonb(NEW)]) LOOP
        CONTINUE WHEN part IS NULL OR part = 'null'::jsonb;
        meeting := coalesce(part ->> 'meeting_id', (
            SELECT meeting_id::text FROM agenda_item WHERE id = (part ->> 'item_id')::bigint));
        IF EXISTS (SELECT FROM board_session
                   WHERE id = meeting::bigint AND state IN ('closed', 'signed'))
        THEN
            RAISE EXCEPTION 'the session of the Board is closed' USING ERRCODE = 'P0001';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END
$$
"""
PARTS = ("agenda_item", "board_seat", "board_vote")


def upgrade() -> None:
    op.execute(SESSION_KEPT)
    op.execute(PART_KEPT)
    op.execute(
        "CREATE TRIGGER board_session_kept BEFORE UPDATE OR DELETE ON board_session"
        " FOR EACH ROW EXECUTE FUNCTION board_session_kept()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION board_session_part_kept()"
        )


def downgrade() -> None:
    for table in PARTS:
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
    op.execute("DROP TRIGGER board_session_kept ON board_session")
    op.execute("DROP FUNCTION board_session_part_kept")
    op.execute("DROP FUNCTION board_session_kept")
