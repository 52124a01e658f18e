"""Refunds asked back, certificates of audit, closing statements, and closing with a write-off."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0133_closure"
down_revision = "0132_preparation"

CHOICES = (
    ("entry", "event", "ck_entry_event", "grant_written_off"),
    ("turnover", "event", "ck_turnover_turnover_event", "grant_written_off"),
    ("posting", "account", "ck_posting_account", "grant_losses"),
    ("turnover", "account", "ck_turnover_turnover_account", "grant_losses"),
    ("setting_change", "setting", "ck_setting_change_setting", "audit_from"),
)
TABLES = ("forced_closing", "audit_certificate", "closing_statement", "refund_request")


def upgrade() -> None:
    for table, column, name, value in CHOICES:
        _choose(table, column, name, [*_values_of(name), value])
    op.add_column(
        "fund", sa.Column("audit_from_minor", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.alter_column("fund", "audit_from_minor", server_default=None)
    op.create_check_constraint(op.f("ck_fund_audit_from"), "fund", "audit_from_minor >= 0")
    _create_requests()
    _create_papers()


def _create_requests() -> None:
    op.create_table(
        "refund_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _grant(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("award_id", "number"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("received_minor BETWEEN 0 AND amount_minor", name="received"),
        sa.CheckConstraint("state <> 'settled' OR received_minor = amount_minor", name="settled"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint("cause IN ('unspent', 'ineligible')", name="refundcause"),
        sa.CheckConstraint(
            "state IN ('sent', 'settled', 'withdrawn', 'written_off')", name="requeststate"
        ),
    )
    op.create_index("ix_refund_request_state", "refund_request", ["state", "due_on"])


def _create_papers() -> None:
    op.create_table(
        "closing_statement",
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), primary_key=True),
        sa.Column("assets", postgresql.JSONB(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "audit_certificate",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _grant(),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'returned')", name="certificatestate"
        ),
    )
    _one_for_each("uq_audit_certificate", "audit_certificate", "'submitted', 'accepted'")
    op.create_table(
        "forced_closing",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _grant(),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_off_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined', 'withdrawn')", name="forcedstate"
        ),
    )
    _one_for_each("uq_forced_closing", "forced_closing", "'proposed', 'approved'")


def _grant() -> sa.Column[int]:
    return sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False)


def _one_for_each(name: str, table: str, states: str) -> None:
    where = sa.text(f"state IN ({states})")
    op.create_index(name, table, ["award_id"], unique=True, postgresql_where=where)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("fund", "audit_from_minor")
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting = 'audit_from'")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    for table, column, name, value in CHOICES:
        _choose(table, column, name, [kept for kept in _values_of(name) if kept != value])


def _values_of(name: str) -> list[str]:
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    return re.findall(r"'(\w+)'", definition)


def _choose(table: str, column: str, name: str, values: list[str]) -> None:
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")
