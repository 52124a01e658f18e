"""The access log: who opened which file, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0145_document_openings"
down_revision = "0144_in_the_open"


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "document_opening",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _key("person_id", "person"),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("address", sa.String(400), nullable=False),
        _key("fund_id", "fund", nullable=True),
        _key("document_id", "document", nullable=True),
        sa.Index("ix_document_opening_fund", "fund_id", "id"),
        sa.Index("ix_document_opening_person", "person_id", "id"),
        sa.Index("ix_document_opening_document", "document_id", "id"),
        sa.Index("ix_document_opening_at", "opened_at", "id"),
    )
    op.execute(
        "CREATE TRIGGER document_opening_unchanged BEFORE UPDATE OR TRUNCATE ON document_opening"
        " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("document_opening")
