"""Passphrases count as they are typed: those chosen before are marked, and work as they did."""

from alembic import op

revision = "0051_passphrases_as_typed"
down_revision = "0050_waiting_files"


def upgrade() -> None:
    op.execute(
        "UPDATE person SET password_hash = 'trimmed:' || password_hash"
        " WHERE password_hash IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("UPDATE person SET password_hash = replace(password_hash, 'trimmed:', '')")
