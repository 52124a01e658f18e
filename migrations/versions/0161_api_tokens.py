"""Tokens with which programs of a fund's own come in."""

import sqlalchemy as sa
from alembic import op

revision = "0161_api_tokens"
down_revision = "0160_public_texts"

SCOPES = (
    *("read_grants", "read_giving", "write_rates", "write_statements", "write_payments"),
    "write_contacts",
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _number(
    name: str, table: str, *, nullable: bool = False, unique: bool = False
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id")
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable, unique=unique)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("purpose", _one_of("tokenscope", *SCOPES), nullable=False),
        _number("fund_id", "fund"),
        _number("person_id", "person", unique=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("hint", sa.String(8), nullable=False),
        _number("made_by_id", "person"),
        _moment("made_at"),
        sa.Column("ends_on", sa.Date(), nullable=False),
        _number("revoked_by_id", "person", nullable=True),
        _moment("revoked_at", nullable=True),
        _moment("used_at", nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by"),
    )


def downgrade() -> None:
    op.drop_table("api_token")
