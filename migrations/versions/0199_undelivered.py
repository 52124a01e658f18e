"""E-mails that came back, and appeals that are not sent to such addresses."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0199_undelivered"
down_revision = "0198_replies"
phase = "expand"

WHY = "undeliverable"
"""Reason for which a person is left out of an appeal."""
REASONS = "ck_mailing_line_leftout"


def upgrade() -> None:
    op.create_table(
        "undelivered_email",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("came_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by_id", sa.BigInteger()),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("posted_by_id", sa.BigInteger()),
        sa.UniqueConstraint("message_id", name=op.f("uq_undelivered_email_message_id")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_undelivered_email_{column}_{table}")
            )
            for column, table in (
                ("message_id", "message"),
                ("lifted_by_id", "person"),
                ("posted_by_id", "person"),
            )
        ),
    )
    op.create_index(
        "ix_undelivered_email_open",
        "undelivered_email",
        [sa.text("lower(email)")],
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    _choose([*_reasons(), WHY])


def downgrade() -> None:
    op.drop_table("undelivered_email")
    op.execute(f"UPDATE mailing_line SET excluded = 'no_email' WHERE excluded = '{WHY}'")
    _choose([reason for reason in _reasons() if reason != WHY])


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
