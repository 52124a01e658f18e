"""When a donor's name last changed, so that a web worker that knows the names reads only new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0098_named_in"
down_revision = "0097_given_scores"

# Empty until the first pledge: nobody looks for money from an organisation that never pledged.
# A name that is written in a transaction can only be seen by readers after it: they ask for what
# was written since the oldest transaction that was still open when they last asked.
NAMED = """
CREATE FUNCTION organisation_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.named_in IS NOT NULL THEN NEW.named_in := txid_current(); END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION pledge_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organisation SET named_in = txid_current()
        WHERE id = NEW.donor_id AND named_in IS NULL;
    RETURN NULL;
END $$
"""
OF_BEFORE = """
UPDATE organisation SET named_in = txid_current()
    WHERE EXISTS (SELECT FROM pledge WHERE donor_id = organisation.id)
"""
TRIGGERS = """
CREATE TRIGGER organisation_named BEFORE INSERT OR UPDATE OF name, other_names ON organisation
    FOR EACH ROW EXECUTE FUNCTION organisation_named();
CREATE TRIGGER pledge_named AFTER INSERT OR UPDATE OF donor_id ON pledge
    FOR EACH ROW WHEN (NEW.donor_id IS NOT NULL) EXECUTE FUNCTION pledge_named();
"""


def upgrade() -> None:
    op.execute("LOCK TABLE pledge, organisation IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("organisation", sa.Column("named_in", sa.BigInteger()))
    for statement in (NAMED, OF_BEFORE, TRIGGERS):
        op.execute(statement)
    here = sa.text("named_in IS NOT NULL")
    op.create_index("ix_organisation_named_in", "organisation", ["named_in"], postgresql_where=here)


def downgrade() -> None:
    op.execute("DROP TRIGGER pledge_named ON pledge")
    op.execute("DROP TRIGGER organisation_named ON organisation")
    op.execute("DROP FUNCTION pledge_named, organisation_named")
    op.drop_column("organisation", "named_in")
