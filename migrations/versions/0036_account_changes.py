"""Changes of bank details, which two persons make."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036_account_changes"
down_revision = "0035_bank_details"


def upgrade() -> None:
    states = sa.Enum(
        *("proposed", "in_force", "declined"),
        native_enum=False,
        create_constraint=True,
        length=40,
        name="detailsstate",
    )
    op.create_table(
        "account_change",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "bank_account_id", sa.BigInteger(), sa.ForeignKey("bank_account.id"), nullable=False
        ),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("before <> after", name="changes_something"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )
    op.create_index("ix_account_change_account", "account_change", ["bank_account_id", "id"])
    op.create_index(
        "uq_account_change_waiting",
        "account_change",
        ["bank_account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("account_change")
