"""What is still to come on open pledges, so that a line of the bank finds its pledge."""

import sqlalchemy as sa
from alembic import op

revision = "0031_lines"
down_revision = "0030_words"

BARE = "right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8)"


def upgrade() -> None:
    op.create_table(
        "pledge_owed",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_pledge_owed_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_owed_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_owed")),
    )
    op.create_index(
        "ix_pledge_owed_amount", "pledge_owed", ["fund_id", "currency", "minor", "pledge_id"]
    )
    op.create_index("ix_pledge_owed_donor", "pledge_owed", ["donor_id", "pledge_id"])
    op.create_index("ix_pledge_owed_pledge", "pledge_owed", ["pledge_id", "due_on"])
    op.create_index("ix_pledge_reference_ends", "pledge", [sa.text(BARE)])
    op.execute("INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge")


def downgrade() -> None:
    op.drop_index("ix_pledge_reference_ends", "pledge")
    op.drop_table("pledge_owed")
