"""Payments approved by a third person, sent, refused and returned by banks, and held."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0129_approved_payments"
down_revision = "0128_grant_changes"

STATES = ("due", "certified", "paid", "confirmed")
NEW_STATES = ("approved", "sent", "failed", "returned", "held")
EVENT = "instalment_returned"
EVENTS = (("entry", "ck_entry_event"), ("turnover", "ck_turnover_turnover_event"))

# What was paid stays, unless the bank gave it back: then the payment is kept beside it.
KEPT = """
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
        (OLD.award_id, OLD.number, OLD.amount_minor, OLD.paid_on, OLD.bank_reference)
        IS DISTINCT FROM
        (NEW.award_id, NEW.number, NEW.amount_minor, NEW.paid_on, NEW.bank_reference)
    THEN
        RAISE EXCEPTION 'what was paid is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
KEPT_BEFORE = """
CREATE OR REPLACE FUNCTION instalment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('paid', 'confirmed') AND (TG_OP = 'DELETE' OR NEW.state NOT IN
        ('paid', 'confirmed') OR (OLD.award_id, OLD.number, OLD.amount_minor, OLD.paid_on,
        OLD.bank_reference) IS DISTINCT FROM (NEW.award_id, NEW.number, NEW.amount_minor,
        NEW.paid_on, NEW.bank_reference)) THEN
        RAISE EXCEPTION 'what was paid is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "returned_payment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("instalment_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("return_reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_returned_payment_amount")),
        sa.CheckConstraint("returned_on >= paid_on", name=op.f("ck_returned_payment_days")),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_returned_payment_instalment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_payment")),
        sa.UniqueConstraint(
            "instalment_id",
            "bank_reference",
            name=op.f("uq_returned_payment_instalment_id_bank_reference"),
        ),
        sa.UniqueConstraint(
            "instalment_id",
            "return_reference",
            name=op.f("uq_returned_payment_instalment_id_return_reference"),
        ),
    )
    op.execute(
        "CREATE TRIGGER returned_payment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON returned_payment FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )
    op.add_column("instalment", sa.Column("refused_details_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_instalment_refused_details_id"),
        "instalment",
        "bank_details",
        ["refused_details_id"],
        ["id"],
    )
    op.execute(KEPT)
    _choose("instalment", "state", _state_check(), [*STATES, *NEW_STATES])
    for table, name in EVENTS:
        _choose(table, "event", name, [*_values_of(name), EVENT])


def downgrade() -> None:
    for table, name in EVENTS:
        _choose(table, "event", name, [value for value in _values_of(name) if value != EVENT])
    _choose("instalment", "state", _state_check(), list(STATES))
    op.execute(KEPT_BEFORE)
    op.drop_column("instalment", "refused_details_id")
    op.drop_table("returned_payment")


def _state_check() -> str:
    """The name of the constraint that says which states an instalment can have."""
    name: str = op.get_bind().scalar(
        sa.text(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'instalment'::regclass"
            " AND pg_get_constraintdef(oid) LIKE '%''due''%'"
        )
    )
    return name


def _values_of(name: str) -> list[str]:
    """What may stand in the column so far."""
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    return re.findall(r"'(\w+)'", definition)


def _choose(table: str, column: str, name: str, values: list[str]) -> None:
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")
