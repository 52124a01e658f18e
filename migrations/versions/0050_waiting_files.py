"""The worker finds the files that wait for the virus scanner without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0050_waiting_files"
down_revision = "0049_answer_versions"


def upgrade() -> None:
    op.create_index(
        "ix_document_waiting", "document", ["id"], postgresql_where=sa.text("scan = 'pending'")
    )


def downgrade() -> None:
    op.drop_index("ix_document_waiting", table_name="document")
