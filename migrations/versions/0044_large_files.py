"""Files that take longer than a request may, ordered by people and made by the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0044_large_files"
down_revision = "0043_desk"


def upgrade() -> None:
    op.create_table(
        "large_file",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.String()),
        sa.Column("key", sa.String(64)),
        sa.Column("name", sa.String(200)),
        sa.Column("media_type", sa.String(100)),
        sa.Column("size", sa.Integer()),
        sa.CheckConstraint("num_nulls(key, name, media_type, size) IN (0, 4)", name="made_whole"),
        sa.CheckConstraint("ended_at IS NULL OR (key IS NULL) <> (why IS NULL)", name="one_end"),
        sa.CheckConstraint("ended_at IS NOT NULL OR (key IS NULL AND why IS NULL)", name="no_end"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name="progress"),
    )
    op.create_index("ix_large_file_key", "large_file", ["key"])
    op.create_index("ix_large_file_person", "large_file", ["person_id", "id"])


def downgrade() -> None:
    op.drop_table("large_file")
