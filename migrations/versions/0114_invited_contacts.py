"""A donor's contact can be invited to sign in, and take over from a colleague."""

import sqlalchemy as sa
from alembic import op

revision = "0114_invited_contacts"
down_revision = "0113_received_earmarked"


def upgrade() -> None:
    op.add_column(
        "donor_contact", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("donor_contact", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_donor_contact_replaces_id"),
        "donor_contact",
        "donor_contact",
        ["replaces_id"],
        ["id"],
    )
    op.create_index(op.f("ix_donor_contact_replaces_id"), "donor_contact", ["replaces_id"])


def downgrade() -> None:
    op.drop_column("donor_contact", "replaces_id")
    op.drop_column("donor_contact", "invited_at")
