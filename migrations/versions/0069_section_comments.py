"""Colleagues comment on the sections of their application."""

import sqlalchemy as sa
from alembic import op

revision = "0069_section_comments"
down_revision = "0068_clarifications"


def upgrade() -> None:
    op.create_table(
        "section_comment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), nullable=False
        ),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("resolved_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Index("ix_section_comment_application", "application_id", "section", "id"),
    )


def downgrade() -> None:
    op.drop_table("section_comment")
