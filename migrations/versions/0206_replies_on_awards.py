"""What a grantee says of its award before the agreement: that it accepts it, or which other start it
asks for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0206_replies_on_awards"
down_revision = "0205_waiting_for_accounts"
phase = "expand"

TABLE = "award_reply"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("start_asked", sa.Date()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("to_answer", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("award_id", name=op.f("uq_award_reply_award_id")),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.id"], name=op.f("fk_award_reply_award_id_award")
        ),
        sa.CheckConstraint(
            "(start_asked IS NULL) = (asked_at IS NULL)", name=op.f("ck_award_reply_asked")
        ),
        sa.CheckConstraint(
            "NOT to_answer OR start_asked IS NOT NULL AND accepted_at IS NULL",
            name=op.f("ck_award_reply_to_answer"),
        ),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
