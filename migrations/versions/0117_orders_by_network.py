"""An order of a large file by a visitor says from which network it came."""

import sqlalchemy as sa
from alembic import op

revision = "0117_orders_by_network"
down_revision = "0116_placed_at"


def upgrade() -> None:
    op.add_column("large_file", sa.Column("network", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("large_file", "network")
