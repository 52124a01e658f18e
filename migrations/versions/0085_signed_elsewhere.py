"""A signed list of decisions of which no copy is attached: where the paper is kept."""

from alembic import op

revision = "0085_signed_elsewhere"
down_revision = "0084_earlier_forms"


def upgrade() -> None:
    op.alter_column("signed_decisions", "document_id", nullable=True)
    op.create_check_constraint(
        "copy_or_place", "signed_decisions", "document_id IS NOT NULL OR reason <> ''"
    )


def downgrade() -> None:
    op.drop_constraint("copy_or_place", "signed_decisions", type_="check")
    op.execute("ALTER TABLE signed_decisions DISABLE TRIGGER signed_decisions_append_only")
    op.execute("DELETE FROM signed_decisions WHERE document_id IS NULL")
    op.execute("ALTER TABLE signed_decisions ENABLE TRIGGER signed_decisions_append_only")
    op.alter_column("signed_decisions", "document_id", nullable=False)
