"""Gifts in francs: the address of an account's holder, and what a giver chose before it was euro."""

import sqlalchemy as sa
from alembic import op

revision = "0182_francs"
down_revision = "0181_mail_in_languages"
phase = "expand"

ADDRESS = (("street", 70), ("postal_code", 16), ("town", 35), ("country", 2))


def upgrade() -> None:
    for name, length in ADDRESS:
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("bank_account", column)
    op.add_column("pledge", sa.Column("chosen_minor", sa.BigInteger()))
    op.add_column("pledge", sa.Column("chosen_currency", sa.String(3)))
    op.add_column("pledge", sa.Column("chosen_rate_on", sa.Date()))
    op.create_check_constraint(
        "chosen_whole",
        "pledge",
        "(chosen_minor IS NULL) = (chosen_currency IS NULL)"
        " AND (chosen_minor IS NULL) = (chosen_rate_on IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint("chosen_whole", "pledge", type_="check")
    for name in ("chosen_rate_on", "chosen_currency", "chosen_minor"):
        op.drop_column("pledge", name)
    for name, _length in ADDRESS:
        op.drop_column("bank_account", name)
