"""The end of a role that decides, pays or audits is proposed by one person and confirmed by another."""

import sqlalchemy as sa
from alembic import op

revision = "0110_ends_of_roles"
down_revision = "0109_unsent_emails"


def upgrade() -> None:
    op.add_column("appointment", sa.Column("ends_id", sa.BigInteger(), nullable=True))
    op.add_column("appointment", sa.Column("successor_id", sa.BigInteger(), nullable=True))
    for column, table in (("ends_id", "membership"), ("successor_id", "person")):
        name = f"fk_appointment_{column}_{table}"
        op.create_foreign_key(name, "appointment", table, [column], ["id"])
    op.create_index("ix_appointment_ends_id", "appointment", ["ends_id"])
    op.create_check_constraint(
        "successor_of_an_end", "appointment", "successor_id IS NULL OR ends_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint("successor_of_an_end", "appointment", type_="check")
    op.drop_index("ix_appointment_ends_id", "appointment")
    op.drop_column("appointment", "successor_id")
    op.drop_column("appointment", "ends_id")
