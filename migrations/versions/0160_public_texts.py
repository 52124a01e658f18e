"""What a fund tells the public about conflicts of interest, complaints and common questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0160_public_texts"
down_revision = "0159_express_gifts"

COLUMNS = ("conflict_rules", "complaints", "common_questions")


def upgrade() -> None:
    for name in COLUMNS:
        column = sa.Column(name, postgresql.JSONB(), nullable=False, server_default="{}")
        op.add_column("fund", column)
        op.alter_column("fund", name, server_default=None)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("fund", name)
