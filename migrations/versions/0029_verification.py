"""What each night's verification of the books and the trail found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029_verification"
down_revision = "0028_factors"


def upgrade() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("breaches", JSONB, nullable=False),
    )
    op.execute(
        "CREATE TRIGGER verification_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON verification FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("verification")
