"""An import lets the database look at how much it has written already.

Only the owner of a table may have it analysed, and autovacuum looks at nothing that is not
committed: the plans of an import of many years would be those for empty tables until its end.
"""

from alembic import op

revision = "0108_analyse_imported"
down_revision = "0107_counts_by_index"

FUNCTION = """
CREATE FUNCTION analyse_imported() RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ANALYZE public.organisation, public.donor, public.pledge, public.pledge_instalment,
        public.pledge_change, public.deposit, public.receipt, public.award, public.instalment,
        public.entry, public.posting, public.trail;
END $$
"""
"""Each table by its schema: nothing that a session calls so is looked at with the owner's rights."""


def upgrade() -> None:
    op.execute(FUNCTION)


def downgrade() -> None:
    op.execute("DROP FUNCTION analyse_imported()")
