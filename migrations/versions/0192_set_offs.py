"""Refunds that are deducted from later payments: set-offs, and what they lessen."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0192_set_offs"
down_revision = "0191_public_summaries"
phase = "contract"

ACCOUNTS = (
    ("posting", "ck_posting_account"),
    ("turnover", "ck_turnover_turnover_account"),
)
LESSENED = ("instalment", "returned_payment", "run_part", "refund_request")
STATES = ("proposed", "agreed", "deducted", "declined", "withdrawn")
SENT = ("transfer_currency", "transfer_minor", "transfer_rate", "transfer_rate_on")
INSTALMENT_KEPT = """
CREATE OR REPLACE FUNCTION instalment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('paid', 'confirmed') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'paid' AND NEW.state = 'returned'
        AND (OLD.award_id, OLD.number, OLD.amount_minor)
            = (NEW.award_id, NEW.number, NEW.amount_minor)
        AND EXISTS (SELECT FROM returned_payment WHERE instalment_id = OLD.id
            AND amount_minor = OLD.amount_minor AND paid_on = OLD.paid_on
            AND bank_reference = OLD.bank_reference)
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state NOT IN ('paid', 'confirmed') OR
        (OLD.award_id, OLD.number, OLD.amount_minor, OLD.paid_on, OLD.bank_reference%(old)s)
        IS DISTINCT FROM
        (NEW.award_id, NEW.number, NEW.amount_minor, NEW.paid_on, NEW.bank_reference%(new)s)
    THEN
        RAISE EXCEPTION 'what was paid is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


KEPT = """
CREATE FUNCTION set_off_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.award_id, OLD.number, OLD.instalment_number,
        OLD.request_id, OLD.amount_minor, OLD.reason, OLD.proposed_at) IS DISTINCT FROM
        (NEW.id, NEW.award_id, NEW.number, NEW.instalment_number, NEW.request_id,
        NEW.amount_minor, NEW.reason, NEW.proposed_at) THEN
        RAISE EXCEPTION 'what was proposed to be set off never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER set_off_kept BEFORE UPDATE OR DELETE ON set_off
    FOR EACH ROW EXECUTE FUNCTION set_off_kept()
"""


def upgrade() -> None:
    for table, name in ACCOUNTS:
        _choose(table, name, [*_values_of(name), "set_off"])
    for table in LESSENED:
        op.add_column(
            table, sa.Column("set_off_minor", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.create_check_constraint(
        op.f("ck_instalment_set_off"),
        "instalment",
        "set_off_minor >= 0 AND set_off_minor < amount_minor",
    )
    op.create_check_constraint(
        op.f("ck_refund_request_set_off"),
        "refund_request",
        "set_off_minor BETWEEN 0 AND amount_minor - received_minor",
    )
    op.execute(_with(*SENT, "set_off_minor"))
    _create_set_offs()
    op.add_column("grant_refund", sa.Column("set_off_id", sa.BigInteger()))
    op.create_foreign_key(None, "grant_refund", "set_off", ["set_off_id"], ["id"])
    op.create_index(op.f("ix_grant_refund_set_off_id"), "grant_refund", ["set_off_id"])
    op.drop_constraint(op.f("ck_grant_refund_amount"), "grant_refund", type_="check")
    op.create_check_constraint(
        op.f("ck_grant_refund_amount"),
        "grant_refund",
        "amount_minor > 0 OR amount_minor < 0 AND set_off_id IS NOT NULL",
    )


def _create_set_offs() -> None:
    op.create_table(
        "set_off",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("instalment_number", sa.Integer(), nullable=False),
        sa.Column(
            "request_id", sa.BigInteger(), sa.ForeignKey("refund_request.id"), nullable=False
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("award_id", "number"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'deducted') OR agreed_at IS NOT NULL", name="agreed"
        ),
        sa.CheckConstraint(f"state IN {STATES}", name="setoffstate"),
    )
    op.create_index("ix_set_off_request", "set_off", ["request_id"])
    op.create_index("ix_set_off_state", "set_off", ["state", "id"])
    op.create_index(
        "uq_set_off_proposed",
        "set_off",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.execute(KEPT)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_grant_refund_amount"), "grant_refund", type_="check")
    op.drop_column("grant_refund", "set_off_id")
    op.create_check_constraint(op.f("ck_grant_refund_amount"), "grant_refund", "amount_minor > 0")
    op.drop_table("set_off")
    op.execute("DROP FUNCTION set_off_kept()")
    op.execute(_with(*SENT))
    op.drop_constraint(op.f("ck_instalment_set_off"), "instalment", type_="check")
    for table in LESSENED:
        op.drop_column(table, "set_off_minor")
    for table, name in ACCOUNTS:
        _choose(table, name, [kept for kept in _values_of(name) if kept != "set_off"])


def _with(*columns: str) -> str:
    """The function, which watches these columns too."""
    old, new = ("".join(f", {row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return INSTALMENT_KEPT % {"old": old, "new": new}


def _values_of(name: str) -> list[str]:
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    return re.findall(r"'(\w+)'", definition)


def _choose(table: str, name: str, values: list[str]) -> None:
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"account IN ({listed})")
