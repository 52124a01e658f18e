"""Whether an organisation was asked to keep an uploaded document in its profile."""

import sqlalchemy as sa
from alembic import op

revision = "0202_offers_to_profiles"
down_revision = "0201_files_of_rows"
phase = "expand"


def upgrade() -> None:
    op.add_column("attached_file", sa.Column("offer_answered_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("attached_file", "offer_answered_at")
