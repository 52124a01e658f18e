"""The trail by time: as a whole, by kind of record, by person."""

from alembic import op

revision = "0024_trail_order"
down_revision = "0023_appointments"


def upgrade() -> None:
    op.create_index("ix_trail_at", "trail", ["at", "id"])
    op.create_index("ix_trail_kind", "trail", ["subject", "at", "id"])
    op.create_index("ix_trail_person", "trail", ["person_id", "at", "id"])
    op.drop_index("ix_trail_person_id", "trail")


def downgrade() -> None:
    op.create_index("ix_trail_person_id", "trail", ["person_id"])
    for name in ("ix_trail_person", "ix_trail_kind", "ix_trail_at"):
        op.drop_index(name, "trail")
