"""What a fund and an organisation say of what the public reads."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0144_in_the_open"
down_revision = "0143_allegations"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("names_grantees", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("identifier", sa.String(80), nullable=False, server_default=""),
        sa.Column(
            "licence",
            sa.Enum(
                *("CC-BY-4.0", "CC0-1.0", "CC-BY-3.0-IGO"),
                name="licence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            server_default="CC-BY-4.0",
        ),
        sa.Column("contact_email", sa.String(254), nullable=False, server_default=""),
        sa.Column("contact_telephone", sa.String(40), nullable=False, server_default=""),
        sa.Column("decision_making", postgresql.JSONB(), nullable=False, server_default="{}"),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("fund", column)
        op.alter_column("fund", column.name, server_default=None)
    op.add_column("organisation", sa.Column("may_be_named", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("organisation", "may_be_named")
    for column in reversed(_columns()):
        op.drop_column("fund", column.name)
