"""Sessions, links and recovery codes carry a seal of the installation's key. `flask setup` seals
those that are there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0115_seals"
down_revision = "0114_invited_contacts"

SEALED = ("sign_in", "link", "recovery_code")


def upgrade() -> None:
    for table in SEALED:
        op.add_column(table, sa.Column("seal", sa.CHAR(64), nullable=False, server_default=""))
        op.alter_column(table, "seal", server_default=None)


def downgrade() -> None:
    for table in SEALED:
        op.drop_column(table, "seal")
