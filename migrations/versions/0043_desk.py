"""How the fund's people set up their desk: density, keys, columns of lists, saved views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043_desk"
down_revision = "0042_board_sessions"


def upgrade() -> None:
    op.add_column("person", sa.Column("roomy", sa.Boolean(), server_default="false"))
    op.add_column("person", sa.Column("shortcuts", sa.Boolean(), server_default="true"))
    for name in ("roomy", "shortcuts"):
        op.alter_column("person", name, server_default=None, nullable=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("page", sa.String(80), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("columns", JSONB(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id")),
        sa.UniqueConstraint("person_id", "page", "name"),
        sa.CheckConstraint("name <> '' OR fund_id IS NULL", name="shared_ones_have_a_name"),
    )
    op.create_index("ix_saved_view_page", "saved_view", ["page", "fund_id"])


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_column("person", "shortcuts")
    op.drop_column("person", "roomy")
