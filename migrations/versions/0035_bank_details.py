"""Bank details of grantees, and the account that an instalment is certified for."""

import sqlalchemy as sa
from alembic import op

revision = "0035_bank_details"
down_revision = "0034_announced"

STATES = ("requested", "checked", "in_force", "replaced", "refused", "withdrawn")
COUNTED = "state NOT IN ('checked', 'in_force', 'replaced') OR called_on IS NOT NULL"
WHOLE = "(called_on IS NULL) = (called_number = '') AND (called_on IS NULL) = (spoke_to = '')"

KEPT = """
CREATE FUNCTION bank_details_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state IN ('replaced', 'refused', 'withdrawn') OR
        (OLD.id, OLD.fund_id, OLD.organisation_id, OLD.holder, OLD.number, OLD.bic, OLD.bank,
         OLD.bank_address, OLD.intermediary_bank, OLD.evidence_id, OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.fund_id, NEW.organisation_id, NEW.holder, NEW.number, NEW.bic, NEW.bank,
         NEW.bank_address, NEW.intermediary_bank, NEW.evidence_id, NEW.requested_at)
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
TRIGGER = """
CREATE TRIGGER bank_details_kept BEFORE UPDATE OR DELETE ON bank_details
    FOR EACH ROW EXECUTE FUNCTION bank_details_kept()
"""


def upgrade() -> None:
    op.create_table(
        "bank_details",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                *STATES, name="detailsstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("holder", sa.String(140), nullable=False),
        sa.Column("number", sa.String(34), nullable=False),
        sa.Column("bic", sa.String(11), nullable=False),
        sa.Column("bank", sa.String(120), nullable=False),
        sa.Column("bank_address", sa.String(300), nullable=False),
        sa.Column("intermediary_bank", sa.String(300), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_on", sa.Date()),
        sa.Column("called_number", sa.String(40), nullable=False),
        sa.Column("spoke_to", sa.String(120), nullable=False),
        sa.Column("call_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(COUNTED, name=op.f("ck_bank_details_called_before_it_counts")),
        sa.CheckConstraint(WHOLE, name=op.f("ck_bank_details_whole_call")),
    )
    for name, states in (("open", "'requested', 'checked'"), ("in_force", "'in_force'")):
        op.create_index(
            f"uq_bank_details_{name}",
            "bank_details",
            ["fund_id", "organisation_id"],
            unique=True,
            postgresql_where=sa.text(
                f"state IN ({states})" if name == "open" else f"state = {states}"
            ),
        )
    op.execute(KEPT)
    op.execute(TRIGGER)
    op.add_column("instalment", sa.Column("bank_details_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_instalment_bank_details_id"),
        "instalment",
        "bank_details",
        ["bank_details_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("instalment", "bank_details_id")
    op.drop_table("bank_details")
    op.execute("DROP FUNCTION bank_details_kept")
