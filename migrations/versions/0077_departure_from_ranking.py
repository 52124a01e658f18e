"""Why an application is recommended before others that are ranked above it."""

import sqlalchemy as sa
from alembic import op

revision = "0077_departure_from_ranking"
down_revision = "0076_sign_off"


def upgrade() -> None:
    column = sa.Column("departure", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("recommendation", column)
    op.alter_column("recommendation", "departure", server_default=None)


def downgrade() -> None:
    op.drop_column("recommendation", "departure")
