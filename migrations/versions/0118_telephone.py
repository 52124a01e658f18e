"""An organisation has a telephone: the fund calls it before it pays to another account."""

import sqlalchemy as sa
from alembic import op

revision = "0118_telephone"
down_revision = "0117_orders_by_network"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("telephone", sa.String(40), nullable=True))


def downgrade() -> None:
    op.drop_column("organisation", "telephone")
