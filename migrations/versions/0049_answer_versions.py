"""Every saved version of an answer, from now on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0049_answer_versions"
down_revision = "0048_public_questions"


def upgrade() -> None:
    op.create_table(
        "answer_version",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"]),
    )
    for name in ("question", "section"):
        op.create_index(
            f"ix_answer_version_{name}", "answer_version", ["application_id", name, "id"]
        )


def downgrade() -> None:
    op.drop_table("answer_version")
