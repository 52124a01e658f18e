"""The form of a draft call as it was before each change is kept, so that it can be brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0084_earlier_forms"
down_revision = "0083_answer_words"


def upgrade() -> None:
    op.create_table(
        "earlier_form",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("form", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("what", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_earlier_form_call", "call_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("earlier_form")
