"""Contributions outside the fund: a register, and the office that they are handed on to."""

import sqlalchemy as sa
from alembic import op

revision = "0173_outside_contributions"
down_revision = "0172_reduction"
phase = "expand"

STATES = ("announced", "handed_on", "confirmed", "withdrawn")
KINDS = ("member_state", "igo", "ngo", "foundation", "private", "individual")
PURPOSES = ("general", "programme")


def _choice(name: str, codes: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column(
        "fund", sa.Column("outside_email", sa.String(254), nullable=False, server_default="")
    )
    op.create_table(
        "outside_contribution",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("donor_name", sa.String(200), nullable=False),
        sa.Column("donor_kind", _choice("outside_donor_kind", KINDS), nullable=False),
        sa.Column("contact", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("purpose", _choice("outside_purpose", PURPOSES), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("usd_minor", sa.BigInteger()),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("state", _choice("outsidestate", STATES), nullable=False),
        sa.Column("office", sa.String(254)),
        sa.Column("handed_on", sa.Date()),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id")),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("office_reference", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("reference", name=op.f("uq_outside_contribution_reference")),
        sa.UniqueConstraint("key", name=op.f("uq_outside_contribution_key")),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "state NOT IN ('handed_on', 'confirmed')"
            " OR (office IS NOT NULL AND handed_on IS NOT NULL)",
            name="handed_on_to_an_office",
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_on IS NOT NULL)", name="confirmed_on_a_day"
        ),
        sa.Index("ix_outside_contribution_fund", "fund_id", "announced_on"),
        sa.Index("ix_outside_contribution_state", "state", "id"),
    )


def downgrade() -> None:
    op.drop_table("outside_contribution")
    op.drop_column("fund", "outside_email")
