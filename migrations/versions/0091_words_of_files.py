"""What in a file of an application may identify a person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0091_words_of_files"
down_revision = "0090_months_kept"


def upgrade() -> None:
    op.add_column(
        "attached_file",
        sa.Column("doubts", postgresql.JSONB(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_column("attached_file", "doubts")
