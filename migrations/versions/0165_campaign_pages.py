"""The text of a campaign's public page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0165_campaign_pages"
down_revision = "0164_erasure_withdrawn"
phase = "expand"


def upgrade() -> None:
    op.add_column(
        "campaign",
        sa.Column("public_text", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )


def downgrade() -> None:
    op.drop_column("campaign", "public_text")
