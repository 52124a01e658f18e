"""Grants paid in the grantee's currency: accounts, transfers, what a run ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0152_payments_abroad"
down_revision = "0151_erasure_requests"

ORDERED = ("instalment", "run_part", "returned_payment")
WHOLE = (
    "(transfer_currency IS NULL) = (transfer_minor IS NULL)"
    " AND (transfer_currency IS NULL) = (transfer_rate IS NULL)"
    " AND (transfer_currency IS NULL) = (transfer_rate_on IS NULL)"
    " AND (transfer_currency IS NULL OR transfer_currency ~ '^[A-Z]{3}$'"
    " AND transfer_currency <> 'USD' AND transfer_minor > 0)"
)
COLUMNS = (
    ("transfer_currency", sa.String(3)),
    ("transfer_minor", sa.BigInteger()),
    ("transfer_rate", sa.Numeric()),
    ("transfer_rate_on", sa.Date()),
)

DETAILS_KEPT = """
CREATE OR REPLACE FUNCTION bank_details_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state IN ('replaced', 'refused', 'withdrawn') OR
        (OLD.id, OLD.fund_id, OLD.organisation_id, OLD.holder, OLD.number, OLD.bic, OLD.bank,
         OLD.bank_address, OLD.intermediary_bank, OLD.evidence_id, OLD.requested_at%(old)s)
        IS DISTINCT FROM
        (NEW.id, NEW.fund_id, NEW.organisation_id, NEW.holder, NEW.number, NEW.bic, NEW.bank,
         NEW.bank_address, NEW.intermediary_bank, NEW.evidence_id, NEW.requested_at%(new)s)
        OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('requested', 'checked'), ('requested', 'refused'), ('requested', 'withdrawn'),
            ('checked', 'in_force'), ('checked', 'refused'), ('checked', 'withdrawn'),
            ('in_force', 'replaced')))
    THEN
        RAISE EXCEPTION 'bank details stay as they were stated, and are checked before they count'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

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
SENT = tuple(name for name, _kind in COLUMNS)


def _with(function: str, *columns: str) -> str:
    """The function, which watches these columns too."""
    old, new = ("".join(f", {row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return function % {"old": old, "new": new}


def upgrade() -> None:
    op.add_column(
        "bank_details",
        sa.Column("currency", sa.String(3), nullable=False, server_default="USD"),
    )
    op.alter_column("bank_details", "currency", server_default=None)
    op.create_check_constraint(
        op.f("ck_bank_details_currency"), "bank_details", "currency ~ '^[A-Z]{3}$'"
    )
    op.execute(_with(DETAILS_KEPT, "currency"))
    for table in ORDERED:
        for name, kind in COLUMNS:
            op.add_column(table, sa.Column(name, kind))
        op.create_check_constraint(op.f(f"ck_{table}_transfer"), table, WHOLE)
    op.execute(_with(INSTALMENT_KEPT, *SENT))


def downgrade() -> None:
    op.execute(_with(INSTALMENT_KEPT))
    for table in ORDERED:
        op.drop_constraint(op.f(f"ck_{table}_transfer"), table, type_="check")
        for name, _kind in reversed(COLUMNS):
            op.drop_column(table, name)
    op.execute(_with(DETAILS_KEPT))
    op.drop_constraint(op.f("ck_bank_details_currency"), "bank_details", type_="check")
    op.drop_column("bank_details", "currency")
