"""Translations beside the answers of applications, in their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0177_answer_translations"
down_revision = "0176_card_payments"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "answer_translation",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), nullable=False
        ),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("by_applicant", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.UniqueConstraint("application_id", "question", "language", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )


def downgrade() -> None:
    op.drop_table("answer_translation")
