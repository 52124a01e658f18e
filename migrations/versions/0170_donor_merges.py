"""Pledges and contacts of a donor move to the donor that it was merged into."""

from alembic import op

revision = "0170_donor_merges"
down_revision = "0169_form_files"
phase = "expand"

STAYS = """
CREATE FUNCTION stays_with_donor(earlier bigint, later bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT earlier IS NOT DISTINCT FROM later OR EXISTS (
        SELECT FROM organisation WHERE id = earlier AND merged_into_id = later)
$$
"""

PLEDGE_KEPT = """
CREATE OR REPLACE FUNCTION pledge_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'unconfirmed' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'pledge % is never deleted', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.reference, NEW.fund_id, NEW.amount_minor, NEW.currency, NEW.pledged_on,
            NEW.made_at, NEW.key) IS DISTINCT FROM
        (OLD.id, OLD.reference, OLD.fund_id, OLD.amount_minor, OLD.currency, OLD.pledged_on,
            OLD.made_at, OLD.key)
        OR (OLD.donor_id IS NOT NULL AND {donor})
    THEN
        RAISE EXCEPTION 'pledge % keeps what was promised', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
PLEDGE_EVER_KEPT = PLEDGE_KEPT.format(donor="NEW.donor_id IS DISTINCT FROM OLD.donor_id")

CONTACT_KEPT = """
CREATE OR REPLACE FUNCTION outreach_contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {same}
    THEN
        RAISE EXCEPTION 'contact % is never changed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ONLY_DONE = """OLD.done_at IS NOT NULL OR NEW.done_at IS NULL
        OR to_jsonb(NEW) - 'done_at' <> to_jsonb(OLD) - 'done_at'"""
MOVED = f"""(NEW.donor_id = OLD.donor_id AND ({ONLY_DONE}))
        OR (NEW.donor_id <> OLD.donor_id
            AND (to_jsonb(NEW) - 'donor_id' <> to_jsonb(OLD) - 'donor_id'
                OR NOT stays_with_donor(OLD.donor_id, NEW.donor_id)))"""


def upgrade() -> None:
    op.execute(STAYS)
    op.execute(PLEDGE_KEPT.format(donor="NOT stays_with_donor(OLD.donor_id, NEW.donor_id)"))
    op.execute(CONTACT_KEPT.format(same=MOVED))


def downgrade() -> None:
    op.execute(PLEDGE_EVER_KEPT)
    op.execute(CONTACT_KEPT.format(same=ONLY_DONE))
    op.execute("DROP FUNCTION stays_with_donor")
