"""Webhooks: systems that are notified of events, and what was sent to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0166_webhooks"
down_revision = "0165_campaign_pages"
phase = "expand"

EVENTS = (
    *("call.opened", "application.submitted", "award.made", "payment.sent", "payment.paid"),
    *("report.accepted", "contribution.received"),
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(400), nullable=False),
        _number("fund_id", "fund"),
        sa.Column("events", JSONB(), nullable=False),
        sa.Column("body_scope", _one_of("bodyscope", "references", "facts"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        _number("made_by_id", "person"),
        _moment("made_at"),
        sa.Column("ends_on", sa.Date(), nullable=False),
        _number("ended_by_id", "person", nullable=True),
        _moment("ended_at", nullable=True),
        _moment("stopped_at", nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
        sa.CheckConstraint("secret ~ '^[0-9a-f]{8}:'", name="secret_is_encrypted"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _number("webhook_id", "webhook"),
        sa.Column("number", sa.Integer(), nullable=False),
        _number("trail_id", "trail"),
        sa.Column("event", _one_of("webhookevent", *EVENTS), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _moment("made_at"),
        _moment("delivered_at", nullable=True),
        sa.Column("answers", JSONB(), nullable=False),
        sa.UniqueConstraint("webhook_id", "trail_id"),
        sa.UniqueConstraint("webhook_id", "number"),
    )
    op.create_index(
        "ix_webhook_delivery_open",
        "webhook_delivery",
        ["webhook_id"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
