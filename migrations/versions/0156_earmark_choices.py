"""The contribution that a person chose for a grant to take from first."""

import sqlalchemy as sa
from alembic import op

revision = "0156_earmark_choices"
down_revision = "0155_earmark_proposals"


def upgrade() -> None:
    op.create_table(
        "earmark_choice",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), sa.ForeignKey("pledge.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.Index("ix_earmark_choice_award", "award_id", "id"),
    )
    op.execute(
        "CREATE TRIGGER earmark_choice_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON earmark_choice FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("earmark_choice")
