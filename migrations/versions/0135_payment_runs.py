"""Payment runs with their parts and files, and the columns of a fund's files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0135_payment_runs"
down_revision = "0134_audit_samples"

RUN_TABLES = ("run_file", "run_part", "payment_run", "file_layout")


def upgrade() -> None:
    op.create_table(
        "payment_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=True),
        sa.Column("pays_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "sent",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_payment_run_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_payment_run_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_run")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_run_reference")),
    )
    op.create_index(op.f("ix_payment_run_fund_id"), "payment_run", ["fund_id"])
    _create_parts()
    _create_files()
    op.create_table(
        "file_layout",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_file_layout_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_file_layout")),
    )


def _create_parts() -> None:
    op.create_table(
        "run_part",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("instalment_id", sa.BigInteger(), nullable=False),
        sa.Column("end_to_end", sa.String(length=35), nullable=False),
        sa.Column("bank_details_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_details_id"], ["bank_details.id"], name=op.f("fk_run_part_bank_details_id")
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_run_part_instalment_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["payment_run.id"], name=op.f("fk_run_part_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_part")),
        sa.UniqueConstraint("end_to_end", name=op.f("uq_run_part_end_to_end")),
        sa.UniqueConstraint(
            "run_id", "instalment_id", name=op.f("uq_run_part_run_id_instalment_id")
        ),
    )
    op.create_index(op.f("ix_run_part_instalment_id"), "run_part", ["instalment_id"])


def _create_files() -> None:
    op.create_table(
        "run_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_run_file_digest")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_run.id"], name=op.f("fk_run_file_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_file")),
    )
    op.create_index(op.f("ix_run_file_run_id"), "run_file", ["run_id"])
    op.execute(
        "CREATE TRIGGER run_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON run_file FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    for table in RUN_TABLES:
        op.drop_table(table)
