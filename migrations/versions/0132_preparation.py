"""Before its agreement goes out a grantee revises its budget and answers about its finances, where
its fund asks for it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0132_preparation"
down_revision = "0131_clauses"

PARTS = ("budget", "finance")
STATES = ("submitted", "sent_back", "accepted")
KEPT = """
CREATE FUNCTION preparation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'accepted' THEN
        RAISE EXCEPTION 'what was accepted is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "preparation",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("part", _choice("preparationpart", PARTS), nullable=False),
        sa.Column("state", _choice("preparationstate", STATES), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("award_id", "part"),
    )
    op.create_index("ix_preparation_state", "preparation", ["state", "award_id"])
    op.execute(KEPT)
    op.execute(
        "CREATE TRIGGER preparation_kept BEFORE UPDATE OR DELETE ON preparation"
        " FOR EACH ROW EXECUTE FUNCTION preparation_kept()"
    )


def downgrade() -> None:
    op.drop_table("preparation")
    op.execute("DROP FUNCTION preparation_kept")
