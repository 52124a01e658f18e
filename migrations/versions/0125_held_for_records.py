"""What donors still owe on each pledge is kept like what is held for each grant."""

from types import ModuleType

from alembic import context, op

revision = "0125_held_for_records"
down_revision = "0124_counted_when_asked"

RECEIVABLE = """
INSERT INTO record_held (fund_id, subject, usd_minor)
SELECT fund_id, p.subject, sum(p.usd_minor) FROM posting p JOIN entry ON entry.id = p.entry_id
    WHERE p.account = 'contributions_receivable' GROUP BY 1, 2
"""


def _keeping_function(accounts: str, table: str) -> str:
    """The function that keeps it, for these accounts."""
    module: ModuleType = context.script.get_revision("0093_held_for_grants").module
    replaced: str = module.KEPT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    return replaced.replace(module.HELD, f"p.account IN ({accounts})").replace("grant_held", table)


def upgrade() -> None:
    op.execute("LOCK TABLE entry, posting IN SHARE ROW EXCLUSIVE MODE")
    op.rename_table("grant_held", "record_held")
    op.execute("ALTER INDEX pk_grant_held RENAME TO pk_record_held")
    op.execute("ALTER TRIGGER grant_held_kept ON record_held RENAME TO record_held_kept")
    accounts = "'reserved', 'commitments', 'contributions_receivable'"
    op.execute(_keeping_function(accounts, "record_held"))
    _past_its_guard(RECEIVABLE)


def downgrade() -> None:
    _past_its_guard("DELETE FROM record_held WHERE subject LIKE 'pledge:%'")
    op.execute("ALTER TRIGGER record_held_kept ON record_held RENAME TO grant_held_kept")
    op.execute("ALTER INDEX pk_record_held RENAME TO pk_grant_held")
    op.rename_table("record_held", "grant_held")
    op.execute(_keeping_function("'reserved', 'commitments'", "grant_held"))


def _past_its_guard(statement: str) -> None:
    op.execute("ALTER TABLE record_held DISABLE TRIGGER record_held_kept")
    op.execute(statement)
    op.execute("ALTER TABLE record_held ENABLE TRIGGER record_held_kept")
