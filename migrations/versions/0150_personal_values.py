"""Personal values of acts, of which the trail holds salted hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0150_personal_values"
down_revision = "0149_report_circumstances"


def upgrade() -> None:
    op.create_table(
        "trail_value",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("hash", sa.CHAR(64), nullable=False, unique=True),
        sa.Column("salt", sa.CHAR(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("email", sa.String(254)),
    )
    op.create_index(op.f("ix_trail_value_person_id"), "trail_value", ["person_id"])
    op.create_index(op.f("ix_trail_value_email"), "trail_value", ["email"])
    op.execute(
        "CREATE TRIGGER trail_value_unchanged BEFORE UPDATE OR TRUNCATE ON trail_value"
        " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("trail_value")
