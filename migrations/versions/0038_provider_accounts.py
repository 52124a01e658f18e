"""Accounts at the OpenID Connect provider of an organisation, linked to people by the fund."""

import sqlalchemy as sa
from alembic import op

revision = "0038_provider_accounts"
down_revision = "0037_key_persons"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "provider_account",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("requested_at", moment, nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("approved_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("approved_at", moment),
        sa.Column("confirmed_at", moment),
        sa.Column("ended_at", moment),
        sa.CheckConstraint(
            "(person_id IS NULL) = (approved_at IS NULL) "
            "AND (person_id IS NULL) = (approved_by_id IS NULL)",
            name="linked_by_a_person",
        ),
        sa.CheckConstraint("approved_by_id <> person_id", name="another_person_links"),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR person_id IS NOT NULL", name="confirmed_by_owner"
        ),
    )
    op.create_index(
        "uq_provider_account_open",
        "provider_account",
        ["issuer", "subject"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_provider_account_person", "provider_account", ["person_id"])


def downgrade() -> None:
    op.drop_table("provider_account")
