"""Whether a Member State's sender is confirmed, and agreements that donors hand in signed."""

import sqlalchemy as sa
from alembic import op

revision = "0017_senders"
down_revision = "0016_payment_details"

# Whom the fund has accepted something from, or entered itself, is known to it.
KNOWN = """
UPDATE donor SET sender_confirmed_at = known_since
FROM organisation
WHERE organisation.id = donor.organisation_id AND (
    organisation.kind <> 'member_state'
    OR EXISTS (
        SELECT 1 FROM pledge WHERE pledge.donor_id = organisation.id
        AND (pledge.state IN ('acknowledged', 'signed') OR pledge.source <> 'online')
    )
    OR NOT EXISTS (SELECT 1 FROM pledge WHERE pledge.donor_id = organisation.id)
)
"""


def upgrade() -> None:
    confirmed = sa.Column("sender_confirmed_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("donor", confirmed)
    op.execute(KNOWN)
    op.add_column("pledge", sa.Column("returned_document_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pledge_returned_document_id_document"),
        "pledge",
        "document",
        ["returned_document_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("pledge", "returned_document_id")
    op.drop_column("donor", "sender_confirmed_at")
