"""Tries are counted by account and network; links are found by their address."""

import sqlalchemy as sa
from alembic import op

revision = "0022_guessing"
down_revision = "0021_who_wrote"


def upgrade() -> None:
    op.add_column(
        "sign_in",
        sa.Column("network", sa.String(length=64), nullable=False, server_default=""),
    )
    op.alter_column("sign_in", "network", server_default=None)
    op.drop_index("ix_sign_in_person_id", table_name="sign_in")
    op.create_index("ix_sign_in_network", "sign_in", ["person_id", "network"], unique=False)
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"], unique=False)
    op.create_index("ix_link_email", "link", [sa.text("lower(email)"), "purpose"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_link_email", table_name="link")
    op.drop_index("ix_sign_in_attempt_at", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_network", table_name="sign_in")
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"], unique=False)
    op.drop_column("sign_in", "network")
