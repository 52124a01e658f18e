"""Room for the key of a cell: files are attached to rows of tables."""

import sqlalchemy as sa
from alembic import op

revision = "0201_files_of_rows"
down_revision = "0200_card_mandates"
phase = "expand"


def upgrade() -> None:
    op.alter_column("attached_file", "question", type_=sa.String(100))


def downgrade() -> None:
    op.alter_column("attached_file", "question", type_=sa.String(60))
