"""The grant agreement as its organisation has signed and returned it, until the fund records it."""

import sqlalchemy as sa
from alembic import op

revision = "0111_returned_agreements"
down_revision = "0110_ends_of_roles"


def upgrade() -> None:
    op.add_column("award", sa.Column("returned_document_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_award_returned_document_id_document"),
        "award",
        "document",
        ["returned_document_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("award", "returned_document_id")
