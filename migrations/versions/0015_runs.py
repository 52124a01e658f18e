"""Runs of statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_runs"
down_revision = "0014_history"


def upgrade() -> None:

    op.create_table(
        "statement_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ordered",
                "printed",
                "incomplete",
                "stuck",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'incomplete' OR jsonb_array_length(failures) > 0",
            name=op.f("ck_statement_run_incomplete_with_failures"),
        ),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_statement_run_progress")),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_statement_run_period")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_statement_run_fund_id")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["person.id"], name=op.f("fk_statement_run_ordered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_run")),
    )
    op.create_index("ix_statement_run_fund", "statement_run", ["fund_id", "id"], unique=False)
    op.create_index(
        op.f("ix_statement_run_ordered_by_id"), "statement_run", ["ordered_by_id"], unique=False
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_statement_run_ordered_by_id"), table_name="statement_run")
    op.drop_index("ix_statement_run_fund", table_name="statement_run")
    op.drop_table("statement_run")
