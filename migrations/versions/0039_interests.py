"""Interests that trustees declare about applications."""

import sqlalchemy as sa
from alembic import op

revision = "0039_interests"
down_revision = "0038_provider_accounts"


def upgrade() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("trustee_id", sa.BigInteger(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["trustee_id"], ["person.id"]),
        sa.UniqueConstraint("application_id", "trustee_id", name="uq_interest_once"),
        sa.CheckConstraint("conflict = (length(nature) > 0)", name="nature_of_a_conflict"),
    )
    op.create_index("ix_interest_trustee_id", "interest", ["trustee_id"])


def downgrade() -> None:
    op.drop_table("interest")
