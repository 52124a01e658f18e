"""Files and pictures between the questions of a form."""

import sqlalchemy as sa
from alembic import op

revision = "0169_form_files"
down_revision = "0168_honorifics"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "form_file",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("form_file")
