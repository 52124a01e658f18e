"""Histories: which rows of which files were taken over, and imports from a page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_history"
down_revision = "0013_outreach"


def upgrade() -> None:
    op.create_table(
        "history_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_history_row_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_row")),
    )
    op.create_index(
        "uq_history_row_place",
        "history_row",
        ["fund_id", "file", "key"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute(
        "CREATE TRIGGER history_row_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON history_row FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )

    _imports()


def _imports() -> None:
    states = "'uploaded', 'faulty', 'checked', 'confirmed', 'taken_over', 'discarded'"
    op.create_table(
        "history_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_history_import_importstate")),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'confirmed', 'taken_over') OR jsonb_array_length(taken) > 0",
            name=op.f("ck_history_import_checked_with_a_summary"),
        ),
        sa.CheckConstraint(
            "state <> 'faulty' OR fault_count > 0",
            name=op.f("ck_history_import_faulty_with_faults"),
        ),
        sa.CheckConstraint("done BETWEEN 0 AND steps", name=op.f("ck_history_import_progress")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_history_import_fund_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_history_import_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_history_import_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_import")),
    )
    op.create_index("ix_history_import_fund_newest", "history_import", ["fund_id", "id"])
    op.create_index(op.f("ix_history_import_document_id"), "history_import", ["document_id"])
    op.create_index(op.f("ix_history_import_uploaded_by_id"), "history_import", ["uploaded_by_id"])


def downgrade() -> None:
    op.drop_table("history_import")
    op.drop_table("history_row")
