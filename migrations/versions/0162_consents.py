"""Consent to appeals, addresses that have unsubscribed, and the header of an appeal."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0162_consents"
down_revision = "0161_api_tokens"

OUT = ("unsubscribed", "no_consent")
"""Reasons for which a person is left out of an appeal."""
REASONS = "ck_mailing_line_leftout"


def upgrade() -> None:
    op.create_table(
        "appeal_consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("uq_appeal_consent_once", "appeal_consent", ["email", "source"], unique=True)
    op.create_table(
        "suppressed_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("digest", name=op.f("uq_suppressed_address_digest")),
    )
    op.execute(
        "CREATE TRIGGER suppressed_address_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON suppressed_address FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )
    op.add_column("message", sa.Column("unsubscribe", sa.String(400)))
    _choose([*_reasons(), *OUT])


def downgrade() -> None:
    op.drop_column("message", "unsubscribe")
    op.drop_table("suppressed_address")
    op.drop_table("appeal_consent")
    listed = ", ".join(f"'{reason}'" for reason in OUT)
    op.execute(f"UPDATE mailing_line SET excluded = 'opted_out' WHERE excluded IN ({listed})")
    _choose([reason for reason in _reasons() if reason not in OUT])


def _reasons() -> list[str]:
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": REASONS},
    )
    return re.findall(r"'(\w+)'", definition)


def _choose(reasons: list[str]) -> None:
    op.drop_constraint(op.f(REASONS), "mailing_line", type_="check")
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.create_check_constraint(op.f(REASONS), "mailing_line", f"excluded IN ({listed})")
