"""Papers in an organisation's profile, with their dates and versions."""

import sqlalchemy as sa
from alembic import op

revision = "0073_organisation_papers"
down_revision = "0072_verification"

KINDS = (
    "registration_certificate",
    "statutes",
    "audited_accounts",
    "psea_paper",
    "safeguarding_policy",
    "reference_letters",
)


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="paperkind", native_enum=False, create_constraint=True, length=40)
    owner = sa.ForeignKey("organisation.id")
    op.create_table(
        "organisation_paper",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("organisation_id", sa.BigInteger(), owner, nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_on > issued_on", name="expires_later"),
        sa.Index("ix_organisation_paper_organisation", "organisation_id", "id"),
        sa.Index("ix_organisation_paper_expires", "expires_on"),
    )


def downgrade() -> None:
    op.drop_table("organisation_paper")
