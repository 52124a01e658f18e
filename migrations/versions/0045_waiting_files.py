"""The worker finds the files that wait for the virus scanner without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0045_waiting_files"
down_revision = "0044_large_files"


def upgrade() -> None:
    op.create_index(
        "ix_document_waiting", "document", ["id"], postgresql_where=sa.text("scan = 'pending'")
    )


def downgrade() -> None:
    op.drop_index("ix_document_waiting", table_name="document")
